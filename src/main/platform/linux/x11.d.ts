/**
 * The part of the `x11` package (4.x) that the adapter uses; the package itself brings no types.
 * Shapes follow its `docs/core-requests.md`, `docs/core-events.md` and `docs/ext/`.
 */
declare module 'x11' {
  export interface XError extends Error {
    /** X protocol error number (3 is BadWindow); absent where the connection itself failed. */
    readonly error?: number;
  }
  /** A reply callback. It returns true to say that the error was dealt with. */
  export type XReply<Value> = (failure: XError | null | undefined, value: Value) => boolean;

  export interface XProperty {
    readonly type: number;
    readonly format: 0 | 8 | 16 | 32;
    readonly bytesAfter: number;
    readonly data: Buffer;
  }

  /** Any event; which fields it has depends on `name`. */
  export interface XEvent {
    readonly name: string;
    readonly wid?: number;
    readonly atom?: number;
  }

  export interface XResourceExtension {
    QueryClientIds(
      specs: readonly { client: number; mask: number }[],
      reply: XReply<readonly { client: number; mask: number; value: readonly number[] }[]>,
    ): void;
  }

  export interface XScreenSaverExtension {
    QueryInfo(drawable: number, reply: XReply<{ readonly state: number; readonly idle: number }>): void;
  }

  export interface XClient {
    /** Atom numbers by name, filled by `InternAtom`. One object for all connections unless replaced. */
    atoms: Record<string, number>;
    on(event: 'error', listener: (failure: XError) => void): void;
    on(event: 'end', listener: () => void): void;
    on(event: 'event', listener: (event: XEvent) => void): void;
    require(name: 'res', done: XReply<XResourceExtension>): void;
    require(name: 'screen-saver', done: XReply<XScreenSaverExtension>): void;
    InternAtom(onlyIfExists: boolean, name: string, reply: XReply<number>): void;
    ChangeWindowAttributes(window: number, values: { eventMask: number }): void;
    GetProperty(
      erase: 0,
      window: number,
      name: number,
      type: number,
      offset: number,
      maxWords: number,
      reply: XReply<XProperty>,
    ): void;
    GetGeometry(window: number, reply: XReply<{ width: number; height: number }>): void;
    GetWindowAttributes(window: number, reply: XReply<{ mapState: number }>): void;
    TranslateCoordinates(
      from: number,
      to: number,
      x: number,
      y: number,
      reply: XReply<{ destX: number; destY: number }>,
    ): void;
    QueryTree(window: number, reply: XReply<{ parent: number; children: readonly number[] }>): void;
    GetInputFocus(reply: XReply<{ focus: number }>): void;
    terminate(): void;
  }

  export interface XDisplay {
    readonly client: XClient;
    readonly screen: readonly { readonly root: number }[];
  }

  const x11: {
    createClient(
      options: { display: string; disableBigRequests: boolean; shm: false },
      ready: (failure: Error | undefined, display: XDisplay) => void,
    ): XClient;
    readonly eventMask: Readonly<Record<'StructureNotify' | 'SubstructureNotify' | 'PropertyChange', number>>;
  };
  export default x11;
}
