import { appendFileSync, writeFileSync } from 'node:fs';
import { closedByForgetting, FORGETTINGS, forgotten, judgedOpen, placesOf, worstByClaim } from './forget';
import { holed, HOLES } from './holes';
test('x', () => { 
  writeFileSync('/tmp/px/out', '');
  let n = 0; const only = process.env.HOLE;
  for (const hole of HOLES) {
    if (only && !hole.hole.includes(only)) continue;
    const r = holed(hole); const known = worstByClaim(judgedOpen(r));
    for (const place of placesOf(r)) for (const [name, f] of Object.entries(FORGETTINGS)) {
      if (place.length === 1 && name !== 'a condition') continue;
      n++;
      const claims = closedByForgetting(known, judgedOpen(forgotten(r, place, f)));
      if (claims.length) appendFileSync('/tmp/px/out', `${hole.hole} | ${place.join('.')} | ${name} | ${claims}\n`);
    }
  }
  console.log(n);
}, 1e7);
