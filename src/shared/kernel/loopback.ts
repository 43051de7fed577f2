/**
 * Whether a host is this machine itself: the only one that plain HTTP may go to, or be spoken on.
 *
 * @param host a name or address as a person writes it, or `hostname` of a URL, where IPv6 stands in brackets
 */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/.test(host);
}
