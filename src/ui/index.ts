export { excerpt, markText, mergeSpans, type Segment, type Span } from './text/marks.ts';
export { type VisiblePiece, visiblePieces } from './text/visible.ts';
export { Button, type ButtonProps, Key } from './widgets/button.tsx';
export { type Choice, Choices, TextArea, TextField } from './widgets/fields.tsx';
export { HostileText } from './widgets/hostileText.tsx';
export { ICON_NAMES, Icon, type IconName } from './widgets/icon.tsx';
export { Lapwing } from './widgets/lapwing.tsx';
export { Banner, Dialog, EmptyState, Toast } from './widgets/notices.tsx';
export { SeverityMark } from './widgets/severity.tsx';
