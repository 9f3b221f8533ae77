/** Why a background job failed: the server names the class of the error, which says to people what kind it was. */
import { useTranslation } from "react-i18next";

const KINDS = {
  database: ["OperationalError", "InterfaceError", "DBAPIError", "InternalError", "DatabaseError", "IntegrityError"],
  network: ["ConnectError", "ConnectTimeout", "ReadError", "ReadTimeout", "RemoteProtocolError", "ConnectionError", "ConnectionResetError", "ConnectionRefusedError"],
  time: ["TimeoutError", "PoolTimeout"],
} as const;

/** The words; "" for none. */
export function useJobWhy(): (error: string | null) => string {
  const { t } = useTranslation("common");
  return (error) => {
    if (!error) return "";
    const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((one) => (KINDS[one] as readonly string[]).includes(error));
    return t(`job.why.${kind ?? "other"}`, { error });
  };
}
