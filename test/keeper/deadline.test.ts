import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { requestText } from '../../lib/keeper/request-json';
import { endAll, endings, tokenServer, until } from './setting';

afterEach(endAll);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A request to a server that takes it and never answers, while garbage is collected again and again. */
async function unanswered(signal: AbortSignal, deadline: number) {
  const server = await tokenServer(() => new Promise(() => undefined), { secure: false });
  const collecting = setInterval(collectGarbage, 200);
  endings.push(() => clearInterval(collecting));
  const request = { url: `${server.url}/token`, headers: {}, allowed: () => true };
  const failure = requestText(request, { roots: () => [], signal, servers: { deadline } }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { server, failure };
}

describe('a request that is never answered', () => {
  it('ends at its deadline, whatever is collected meanwhile', async () => {
    const { server, failure } = await unanswered(new AbortController().signal, 3000);
    expect(await failure).toMatchObject({ message: expect.stringContaining('got none in 3 s') as string });
    expect(server.asked).toHaveLength(1);
  });

  it('ends when the keeper does, whatever is collected meanwhile', async () => {
    const keeper = new AbortController();
    const { server, failure } = await unanswered(keeper.signal, 60_000);
    await until(() => server.asked.length === 1, 'the request');
    collectGarbage();
    keeper.abort();
    expect(await failure).toMatchObject({ code: 'unreachable' });
  });

  it('is not sent when the keeper has ended', async () => {
    const { server, failure } = await unanswered(AbortSignal.abort(), 60_000);
    expect(await failure).toMatchObject({ code: 'unreachable' });
    expect(server.asked).toEqual([]);
  });
});
