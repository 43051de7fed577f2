import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeSchool, type FakeSchool } from '../../fakes/server/school.ts';

let school: FakeSchool;
beforeEach(async () => {
  school = await createFakeSchool({});
});
afterEach(() => school.dispose());

test.each(['/', '/queue/1', '/docsX', '/docs-are-nice?x=1'])(
  '%s carries the console’s content policy',
  async (url) => {
    const technician = await school.person('technician');
    const response = await technician.request({ method: 'GET', url });
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  },
);
