/** The lapwing of the product, as line art. It takes the colour of the text around it; names nothing to screen readers. */
export function Lapwing({ size = 32 }: { size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M38.2 14.6 43 16l-4.9 1.7" />
      <path d="M28.3 11.2C23.5 9.8 19 7.2 15.5 3.2" />
      <path d="M27.4 14.2c-3.6-.3-6.6-1.6-9.4-3.8" />
      <path d="M38.1 17.7c-.6 1.6-1.7 2.7-1.6 4.6.2 8.5-5 14.7-13.6 14.7-5.4 0-9.6-2.3-12.4-6L4.5 29c4.8-.5 8.4-2.3 12.3-5.6 4.2-3.6 8.2-4.6 10.6-9.2.9-3.5 3.6-5.2 6-5 2.8.2 4.5 2.6 4.8 5.4" />
      <path d="M36.5 22.3c-2.6 2.6-6.4 2.9-9.7 1" />
      <path d="M10.5 31c6 .9 11.8-.6 15.6-4.8" />
      <path d="M21.5 37v7.5h2.7M27 36.3v8.2h2.7" />
      <circle cx="33.4" cy="14.2" r="1.5" fill="currentColor" stroke="none" />
    </svg>
  );
}
