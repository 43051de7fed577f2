import type { ReactNode, Ref } from 'react';
import {
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Radio,
  RadioGroup,
  Text,
} from 'react-aria-components';

interface FieldProps extends Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  /** Said before the field, in words. */
  description?: string;
  /** What was wrong and what to do; shown and announced. */
  error?: string | undefined;
}

/** One line of text. */
export function TextField({
  label,
  description,
  error,
  inputRef,
  autoComplete,
  ...rest
}: FieldProps & { inputRef?: Ref<HTMLInputElement> }) {
  return (
    <AriaTextField {...rest} isInvalid={error !== undefined} className="lw-field">
      <Label>{label}</Label>
      {description !== undefined && <Text slot="description">{description}</Text>}
      <FieldError>{error}</FieldError>
      <Input {...(inputRef === undefined ? {} : { ref: inputRef })} autoComplete={autoComplete ?? 'off'} />
    </AriaTextField>
  );
}

/** Several lines of text, growing with what is written. */
export function TextArea({
  label,
  description,
  error,
  rows = 3,
  hideLabel = false,
  placeholder,
  inputRef,
  ...rest
}: FieldProps & {
  rows?: number;
  hideLabel?: boolean;
  placeholder?: string;
  inputRef?: Ref<HTMLTextAreaElement>;
}) {
  return (
    <AriaTextField {...rest} isInvalid={error !== undefined} className="lw-field">
      <Label className={hideLabel ? 'hidden-visually' : 'react-aria-Label'}>{label}</Label>
      {description !== undefined && <Text slot="description">{description}</Text>}
      <FieldError>{error}</FieldError>
      <AriaTextArea
        {...(inputRef === undefined ? {} : { ref: inputRef })}
        {...(placeholder === undefined ? {} : { placeholder })}
        rows={rows}
      />
    </AriaTextField>
  );
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  description?: string;
  picture?: ReactNode;
}

interface ChoicesProps<Value extends string> {
  label: string;
  /** The question is the page's heading already, so the group's own label is for screen readers only. */
  hideLabel?: boolean;
  choices: readonly Choice<Value>[];
  value: Value | null;
  onChange(value: Value): void;
  autoFocus?: boolean;
}

/** One of a few, each a big target. Arrow keys move, the choice moves with them. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { label, hideLabel = false, choices, value, onChange, autoFocus = false } = props;
  return (
    <RadioGroup className="lw-choices" value={value} onChange={(next) => onChange(next as Value)}>
      <Label className={hideLabel ? 'hidden-visually' : 'react-aria-Label'}>{label}</Label>
      <div className="lw-choices-list">
        {choices.map((choice, index) => (
          <Radio
            key={choice.value}
            value={choice.value}
            className="lw-choice"
            autoFocus={autoFocus && (value === null ? index === 0 : value === choice.value)}
          >
            {choice.picture}
            <span>
              <span className="lw-choice-label">{choice.label}</span>
              {choice.description !== undefined && (
                <span className="lw-choice-description">{choice.description}</span>
              )}
            </span>
            <span className="lw-dot" aria-hidden="true" />
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
