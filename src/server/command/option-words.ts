/** What the parser of options says, in our words: it tells an option that it does not know, one without its value, and one with a value too many. */
export function wordsOfOptions({ message }: Error): string {
  const option = /'(-[^\s']*)/.exec(message)?.[1] ?? '';
  if (message.startsWith('Unknown option')) return `没有选项 ${option} / there is no option ${option}`;
  if (message.includes('does not take an argument')) return `${option} 不带值 / ${option} takes no value`;
  return `${option} 须有值；值以 - 开头时写作 ${option}=值 / ${option} needs a value; one that begins with - is written ${option}=VALUE`;
}
