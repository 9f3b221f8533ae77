import { lazy } from "react";

export { AmountInput } from "./AmountInput";
export { JsonEditor } from "./JsonEditor";
export { DirtyGuard, ResourceForm } from "./ResourceForm";
export { type ResourceFormState, useResourceForm } from "./useResourceForm";

/** A date and time; loaded when a form shows one (wrap the form in Suspense or rely on the page's). */
export const TimeInput = lazy(() => import("./TimeInput"));
