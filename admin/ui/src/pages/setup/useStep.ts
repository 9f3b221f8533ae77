/** What each step has: busy, what failed, what is wrong with which field. */
import { useState } from "react";
import { isProblem } from "~/api";
import { fieldText } from "~/components/form/fieldText";

export function useStep() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [fields, setFields] = useState<Record<string, string>>({});
  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    setFields({});
    try {
      await work();
    } catch (error) {
      const wrong = isProblem(error) ? Object.entries(error.byField()) : [];
      setFields(Object.fromEntries(await Promise.all(wrong.map(async ([name, field]) => [name, await fieldText(field)]))));
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, fields, during };
}
