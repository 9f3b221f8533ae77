/** Where somebody begins when no area has the first page: the first entry of their navigation. */
import { Navigate } from "react-router";
import { useCan } from "~/api";
import { navigation } from "./areas";

export default function Start() {
  const can = useCan();
  const first = navigation.find((entry) => !entry.needs || can(entry.needs, entry.reach));
  return <Navigate to={first?.to ?? "/appearance"} replace />;
}
