/** Permissions by what they are about, for people to find them. Pure. */
import type { Schema } from "~/api";

export type Permission = Schema<"PermissionOut">;
export type Theme = "use" | "people" | "serving" | "money" | "system";
export type Part = { theme: Theme; permissions: Permission[] };

const THEMES: Record<Exclude<Theme, "system">, string[]> = {
  use: ["keys", "tokens", "logs", "reports", "tasks", "captures", "models"],
  people: ["users", "organisations", "groups", "invitations", "roles", "scim"],
  serving: ["channels", "prices", "limits", "safety", "status"],
  money: ["accounts", "budgets", "codes", "orders", "plans", "subscriptions"],
};
const ORDER: Theme[] = ["use", "people", "serving", "money", "system"];

const themeOf = (name: string): Theme => {
  const noun = name.split(".")[0] ?? "";
  return (Object.entries(THEMES) as [Theme, string[]][]).find(([, nouns]) => nouns.includes(noun))?.[0] ?? "system";
};

/** What no theme knows is the system's. Within a theme they stand as its nouns do. */
export function grouped(permissions: Permission[]): Part[] {
  const place = (name: string) => Object.values(THEMES).flat().indexOf(name.split(".")[0] ?? "");
  return ORDER.map((theme) => ({
    theme, permissions: permissions.filter((one) => themeOf(one.name) === theme).sort((one, other) => place(one.name) - place(other.name)),
  })).filter((part) => part.permissions.length > 0);
}
