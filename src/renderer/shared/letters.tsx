import { useEffect, useState } from 'react';
import { Button } from '#ui';

/** A pupil's own choice of letters. It lasts while the window is open; nothing is stored about it. */
export function LettersButton({ words }: { words: { easier: string; usual: string } }) {
  const [isEasier, setEasier] = useState(false);
  useEffect(() => {
    if (isEasier) document.documentElement.dataset['letters'] = 'open-dyslexic';
    else delete document.documentElement.dataset['letters'];
  }, [isEasier]);
  return (
    <Button variant="quiet" icon="letters" onPress={() => setEasier(!isEasier)}>
      {isEasier ? words.usual : words.easier}
    </Button>
  );
}
