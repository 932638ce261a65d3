import { accessSync, constants, statSync } from 'node:fs';

/** Why a file that a command was given cannot be read, in words; null where it can. A pipe is as good as a file. */
export function whyUnreadable(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return `${path} 是目录，须为文件 / ${path} is a folder, where a file is needed`;
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `没有文件 ${path} / there is no file ${path}`;
    return `文件 ${path} 不能读取（${code}） / the file ${path} cannot be read (${code})`;
  }
}
