import { describe, expect, test } from 'vitest';
import { matcherOf, matchUrl, packOf, phraseRule } from './rules.ts';

const matcher = matcherOf({
  'pack.yaml': packOf(
    `${phraseRule('kill myself', '自杀', 'kys')}\nsites:\n  - { id: s, severity: medium, domains: [bad.example, meh.example/forum, meh.example/thé vert, bücher.example] }\nallow_sites: [help.example, wide.example/advice]`,
  ),
  'gambling.list':
    '# lapwing-list: gambling.public\n# category: gambling\n# severity: low\nbet.example\n*.wild.example\nwide.example\nnot a domain\n',
  'iwf.list':
    '# lapwing-list: illegal.test\n# category: illegal_csam\n# severity: critical\nillegal.example/a/b?c=1\nhelp.example/dark\n',
});

describe('search words', () => {
  test.each([
    ['https://www.google.com/search?q=how+to+kill+myself&oq=x', 'how to kill myself'],
    ['https://www.google.com/search?q=cats&q=how+to+kill+myself', 'cats how to kill myself'],
    ['https://www.google.com/search?as_q=how+to&as_epq=kill+myself', 'how to kill myself'],
    ['https://www.google.com/search?q=kill+myself&as_q=kill', 'kill myself'],
    ['https://www.google.co.uk/search?client=x&q=kill%20myself#top', 'kill myself'],
    ['https://www.google.com/#q=kill+myself', 'kill myself'],
    ['https://www.bing.com/search?q=kill+myself', 'kill myself'],
    ['https://duckduckgo.com/?q=kill+myself&ia=web', 'kill myself'],
    ['https://www.ecosia.org/search?q=kill+myself', 'kill myself'],
    ['https://uk.search.yahoo.com/search?p=kill+myself', 'kill myself'],
    ['https://www.youtube.com/results?search_query=kill+myself', 'kill myself'],
    ['https://www.tiktok.com/search?q=kill%20myself', 'kill myself'],
    ['https://www.amazon.co.uk/s?k=kill+myself', 'kill myself'],
    ['https://www.reddit.com/search/?q=kill+myself', 'kill myself'],
    ['https://en.wikipedia.org/w/index.php?search=kill+myself', 'kill myself'],
    ['https://chatgpt.com/?q=kill+myself', 'kill myself'],
    ['https://www.tumblr.com/search/kill%20myself?x=1', 'kill myself'],
    ['https://www.google.com/search?q=%E8%87%AA%E6%9D%80', '自杀'],
    ['https://www.google.com/search?q=k%21ll+myself', 'k!ll myself'],
    ['https://www.google.com/search?q=caf%E9+kill+myself', 'café kill myself'],
    ['https://www.google.com/search?q=100%+kill+myself%', '100% kill myself%'],
  ])('%s', (url, search) => {
    const result = matchUrl(matcher, url);
    expect(result.search).toBe(search);
    expect(result.hits).toHaveLength(1);
    expect(result.hits[0]).toMatchObject({ field: 'search' });
  });

  test.each([
    'https://www.google.com/',
    'https://www.google.com/search?q=',
    'https://notgoogle.com.example/?q=x',
    'about:blank',
    '',
    'not a url',
  ])('none in %s', (url) => expect(matchUrl(matcher, url).search).toBeNull());
});

describe('sites', () => {
  test.each([
    ['https://bad.example/', 'test.pack/s', 'bad.example'],
    ['https://www.BAD.example:8080/x', 'test.pack/s', 'BAD.example'],
    ['http://user:pw@sub.bad.example./', 'test.pack/s', 'bad.example'],
    ['https://meh.example/forum', 'test.pack/s', 'meh.example/forum'],
    ['https://meh.example/Forum/x?y', 'test.pack/s', 'meh.example/Forum'],
    ['https://meh.example/%66orum/x', 'test.pack/s', 'meh.example/%66orum'],
    ['https://meh.example/th%C3%A9%20vert', 'test.pack/s', 'meh.example/th%C3%A9%20vert'],
    ['https://meh.example/THÉ vert', 'test.pack/s', 'meh.example/THÉ vert'],
    ['https://xn--bcher-kva.example/', 'test.pack/s', 'xn--bcher-kva.example'],
    ['https://bücher.example/', 'test.pack/s', 'bücher.example'],
    ['https://a.b.bet.example/', 'gambling.public/site', 'bet.example'],
    ['https://wild.example/', 'gambling.public/site', 'wild.example'],
    ['https://illegal.example/a/b?c=1&d', 'illegal.test/site', 'illegal.example/a/b?c=1'],
  ])('%s', (url, ruleId, text) => {
    expect(matchUrl(matcher, url).hits.filter((hit) => hit.ruleId === ruleId)).toMatchObject([
      { field: 'url', text },
    ]);
  });

  test.each([
    'https://notbad.example/',
    'https://bad.example.org/',
    'https://meh.example/forums',
    'https://meh.example/',
    'https://illegal.example/a',
    'https://illegal.example/a/b',
  ])('not %s', (url) => expect(matchUrl(matcher, url).hits).toEqual([]));

  test('help sites are never flagged for being read, but for the locked lists', () => {
    expect(matchUrl(matcher, 'https://www.help.example/kill-myself', 'kill myself').hits).toEqual([]);
    expect(matchUrl(matcher, 'https://wide.example/advice/kill-myself').hits).toEqual([]);
    expect(matchUrl(matcher, 'https://wide.example/kill-myself').hits).toHaveLength(2);
    expect(matchUrl(matcher, 'other.example/kill-myself?from=http://help.example').hits).toHaveLength(1);
    expect(matchUrl(matcher, 'https://help.example/dark')).toMatchObject({
      category: 'illegal_csam',
      disposition: 'unacceptable_and_illegal',
    });
  });

  test('no policy switches a locked list off', () => {
    const loose = matcherOf(
      {
        'iwf.list': '# lapwing-list: iwf\n# category: illegal_csam\n# severity: critical\nillegal.example\n',
      },
      {
        packIds: [],
        exceptions: [
          { packId: 'iwf', reason: 'no' },
          { site: 'illegal.example', reason: 'no' },
        ],
        dispositions: [{ category: 'illegal_csam', audience: 'KS3', disposition: 'acceptable' }],
      },
    );
    expect(matchUrl(loose, 'https://illegal.example/')).toMatchObject({
      category: 'illegal_csam',
      disposition: 'unacceptable_and_illegal',
    });
  });
});

describe('words in URLs', () => {
  test.each([
    ['https://x.example/how-to-kill-myself', 'kill-myself'],
    ['https://x.example/a?topic=kill%20myself', 'kill%20myself'],
    ['https://x.example/%E8%87%AA%E6%9D%80', '%E8%87%AA%E6%9D%80'],
  ])('%s', (url, text) => expect(matchUrl(matcher, url).hits).toMatchObject([{ field: 'url', text }]));

  test('identifiers are no words', () => {
    expect(matchUrl(matcher, 'https://x.example/watch?v=aB3-KYS-x9Q').hits).toEqual([]);
    expect(matchUrl(matcher, 'https://x.example/kys').hits).toHaveLength(1);
  });
});
