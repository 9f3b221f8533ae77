/** A state as a coloured badge. The colour never says it alone: the text does. */
import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import { Hint } from "./Hint";

export type Tone = "good" | "bad" | "warn" | "info" | "idle" | "accent";
const COLOUR: Record<Tone, string> = { good: "green", bad: "red", warn: "yellow", info: "blue", idle: "gray", accent: "accent" };

export function Status({ tone, children, why }: { tone: Tone; children: ReactNode; why?: ReactNode }) {
  const badge = (
    <Badge color={COLOUR[tone]} tabIndex={why ? 0 : undefined} leftSection={<span className="dot" aria-hidden />}>
      {children}
    </Badge>
  );
  return why ? <Hint label={why} maw={360}>{badge}</Hint> : badge;
}
