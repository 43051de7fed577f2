/**
 * Synthetic rules and observations, the same on every machine: a seeded generator, no clock and no files.
 * Words look like words (syllables with a long tail), so that hashes, prefixes and lengths are as in life.
 */

/** A number in [0, 1) from a seeded generator (mulberry32). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Everyday words that stand in titles and in phrases alike. */
const COMMON =
  'the a to of in and for is on with how what my i you your it this that are be can do does why when where who best new free online video watch game games play school home learn help about science history english maths book story chapter lesson year class teacher world news music song lyrics movie film review guide make made get got like love time day life people children friend friends want need know think look find see come going want tell show work start stop never always today tomorrow night week body mind head hand eye heart water food animals plants earth space number answer question example meaning definition page search results google youtube wikipedia bbc bitesize docs sheets slides classroom untitled document homework project presentation revision test quiz easy hard first last next back down over under after before with without because between through while minecraft roblox football'.split(
    ' ',
  );
const STARTS =
  'b br c ch cl cr d dr f fl fr g gl gr h j k kn l m n p ph pl pr qu r s sc sh sk sl sm sn sp st str t th tr tw v w wh z'.split(
    ' ',
  );
const MIDDLES = 'a e i o u ai ay ea ee ie oa oo ou ow ue'.split(' ');
const ENDS = [
  '',
  '',
  'b',
  'ck',
  'd',
  'g',
  'l',
  'll',
  'm',
  'n',
  'nd',
  'ng',
  'nk',
  'nt',
  'p',
  'r',
  'rd',
  'rk',
  's',
  'ss',
  'st',
  't',
  'th',
  'x',
];
const TAILS = ['com', 'org', 'net', 'co.uk', 'org.uk', 'io', 'de', 'fr'];

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

export function makeWord(random: Random): string {
  let word = '';
  for (let left = 1 + Math.floor(random() * 2.7); left > 0; left -= 1) {
    word += pick(random, STARTS) + pick(random, MIDDLES) + pick(random, ENDS);
  }
  return word;
}

/** `count` different phrases of one to four words, at least one of them no everyday word. */
export function makePhrases(count: number): string[] {
  const random = createRandom(1);
  const rare = Array.from({ length: 12_000 }, () => makeWord(random)).filter((word) => word.length > 4);
  const phrases = new Set<string>();
  while (phrases.size < count) {
    const words = [pick(random, rare)];
    while (random() < 0.62 && words.length < 4)
      words.push(random() < 0.55 ? pick(random, COMMON) : pick(random, rare));
    phrases.add(words.sort(() => random() - 0.5).join(' '));
  }
  return [...phrases];
}

/** `count` different domains. */
export function makeDomains(count: number): string[] {
  const random = createRandom(2);
  const domains = new Set<string>();
  while (domains.size < count) {
    const name = makeWord(random) + (random() < 0.4 ? `-${makeWord(random)}` : makeWord(random));
    domains.add(
      `${random() < 0.1 ? `${makeWord(random)}.` : ''}${name}${Math.floor(random() * 100)}.${pick(random, TAILS)}`,
    );
  }
  return [...domains];
}

export interface BenchObservation {
  readonly title: string;
  readonly url: string;
}

const APPS = [
  'Google Search',
  'YouTube',
  'BBC Bitesize',
  'Wikipedia',
  'Google Docs',
  'Reddit',
  'Kahoot!',
  'Scratch',
];

/**
 * Observations of about 100 characters, title and URL together, as a browser shows them. One in twelve holds a phrase
 * of the rules, one in twenty-five a phrase in disguise, one in twenty is on a listed domain.
 */
export function makeObservations(
  count: number,
  phrases: readonly string[],
  domains: readonly string[],
  seed = 3,
): BenchObservation[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const words: string[] = [];
    while (words.join(' ').length < 26) words.push(random() < 0.7 ? pick(random, COMMON) : makeWord(random));
    const chance = random();
    if (chance < 0.08) words.splice(2, 0, pick(random, phrases));
    else if (chance < 0.12) words.splice(2, 0, disguise(random, pick(random, phrases)));
    const text = words.join(' ');
    const title = `${text.charAt(0).toUpperCase()}${text.slice(1)} - ${pick(random, APPS)}`;
    const slug = encodeURIComponent(words.slice(0, 4).join(' ')).replaceAll(
      '%20',
      random() < 0.5 ? '+' : '-',
    );
    const host =
      random() < 0.05
        ? pick(random, domains)
        : `www.${makeWord(random)}${makeWord(random)}.${pick(random, TAILS)}`;
    const url =
      random() < 0.3
        ? `https://www.google.com/search?q=${slug.replaceAll('-', '+')}`
        : `https://${host}/${slug}`;
    return { title, url };
  });
}

function disguise(random: Random, phrase: string): string {
  const kind = random();
  if (kind < 0.3)
    return phrase.replace(/[aeio]/, (letter) => ({ a: '4', e: '3', i: '1', o: '0' })[letter] ?? letter);
  if (kind < 0.5) return [...phrase.replaceAll(' ', '')].join(' ');
  if (kind < 0.7) return phrase.replace(/[aeiou]/, '$&$&$&$&');
  if (kind < 0.85) return phrase.replace(/a/g, '\u0430').replace(/e/g, '\u0435').replace(/o/g, '\u043e');
  return [...phrase]
    .map((letter) =>
      letter >= 'a' && letter <= 'z' ? String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97) : letter,
    )
    .join('');
}
