export type MessageParams = Readonly<Record<string, string | number>>;

/**
 * Fills in a message: `{name}` is the parameter, `{count|person|people}` the first word for one and the second otherwise,
 * as English and German both distinguish them.
 */
export function format(message: string, params: MessageParams = {}): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = params[name];
    if (value === undefined) {
      return whole;
    }

    return one === undefined || other === undefined ? String(value) : Number(value) === 1 ? one : other;
  });
}
