/** The browser's session as requests need it: the CSRF token, and who is asked to sign in or to prove it again. */
import { useSyncExternalStore } from "react";

export type Question = "sign-in" | "step-up";

let csrf: string | null = null;
let user: number | null = null;
let asked: Question | null = null;
let answer: Promise<boolean> | null = null;
let settle: (done: boolean) => void = () => {};
const watchers = new Set<() => void>();

const tell = () => {
  for (const watcher of watchers) watcher();
};

/** Whom the page was loaded for. Another person who signs in over it gets a page of their own. */
export function begin(token: string | null, id: number | null): void {
  if (user !== null && id !== user) location.reload();
  csrf = token;
  user = id;
}

/** Forget the session: the page is left. */
export function forget(): void {
  csrf = null;
  user = null;
}

export const csrfToken = (): string | null => csrf;
export const hasSession = (): boolean => user !== null;

/** Ask the person; true when they did it. Requests that wait meanwhile share one dialog. */
export function ask(question: Question): Promise<boolean> {
  if (answer === null) {
    asked = question;
    answer = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    tell();
  }
  return answer;
}

/** The dialog's end. */
export function answered(done: boolean): void {
  asked = null;
  answer = null;
  settle(done);
  tell();
}

/** What is asked now, for the dialogs. */
export const useQuestion = (): Question | null =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => asked,
  );
