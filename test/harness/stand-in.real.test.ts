import * as tls from 'node:tls';
import { ADDRESSES, startInternet, type Internet } from '../../examples/demo/stand-in';

let internet: Internet;
beforeAll(async () => {
  internet = await startInternet({ modelKey: 'real-model-key', gitPassword: 'real-git-password' });
});
afterAll(() => internet.stop());

test('x', async () => {
  const socket = await internet.dial(ADDRESSES.model, 443);
  const secure = tls.connect({ socket, servername: 'api.model.example', ca: internet.authority });
  secure.write(
    'POST /v1/messages HTTP/1.1\r\nhost: api.model.example\r\nx-api-key: real-model-key\r\nconnection: close\r\ncontent-length: 15\r\n\r\n{"stream":true}',
  );
  let text = '';
  for await (const chunk of secure) text += String(chunk);
  console.log(text, internet.record());
  console.log(
    internet.namespace.run('git', [
      '-c',
      'http.sslVerify=false',
      '-c',
      'http.curloptResolve=git.example:443:203.0.113.11',
      'ls-remote',
      'https://agent:real-git-password@git.example/acme/web.git',
    ]),
  );
});
