/** The orders for a wallet, with their receipts. */
import { Anchor, Group, Stack, Table, Text } from "@mantine/core";
import { IconShoppingCart } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, GATEWAY, ok, type Schema } from "~/api";
import { type Column, DataTable, type Filter, ProblemText, Said, Status, Usd, useSaid, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { paidWith } from "../orders/texts";
import { OrderBox } from "./OrderBox";
import { orderTone } from "./orderTone";
import { priceText } from "./pay";
import type { Whose } from "./whose";

type Row = Schema<"OrderOut">;
const STATES = ["pending", "paid", "review", "failed", "expired", "cancelled", "refunded"] as const;

export function Orders({ whose, id }: { whose: Whose; id: number }) {
  const { t } = useTranslation(["wallet", "orders"]);
  const locale = useLocale();
  const said = useSaid();
  const own = whose.kind === "user";
  const columns: Column<Row>[] = [
    { key: "title", title: t("order.title"), card: "title", render: (row) => <Said said={row.title_said} /> },
    { key: "state", title: t("order.state"), width: 120, card: "badge", render: (row) => <Status tone={orderTone(row.state)}>{t(`states.${row.state}` as "states.paid")}</Status> },
    { key: "amount", title: t("order.amount"), width: 120, align: "right", render: (row) => <span className="num">{priceText(row.amount, row.currency, locale)}</span> },
    { key: "credit", title: t("order.credit"), width: 120, align: "right", render: (row) => <Usd text={row.credit} /> },
    { key: "provider", title: t("order.provider"), width: 140, render: (row) => paidWith(row.provider, row.method, (name) => t(`orders:providers.${name}`)) },
    ...(own ? [] : [{ key: "user", title: t("order.by"), width: 140, render: (row: Row) => row.user } satisfies Column<Row>]),
    { key: "number", title: t("order.number"), width: 220, render: (row) => row.number },
    { key: "created", title: t("order.created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "state", label: t("order.state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) },
    { name: "purpose", label: t("order.purpose"), type: "choice", options: (["topup", "subscription"] as const).map((value) => ({ value, label: t(`purposes.${value}`) })) },
  ];
  const mine = { account: whose.kind, ...(own ? { user_id: id } : { organisation: String(id) }) };
  return (
    <DataTable<Row>
      id="wallet-orders"
      queryKey={["wallet", "orders", whose.kind, id]}
      load={async (query, signal) => (await ok(api.GET("/api/v1/orders", { params: { query: { ...query, ...mine } }, signal }))) as Schema<"Listed_OrderOut_">}
      columns={columns} filters={filters} defaultSort="-id"
      file={{ path: "/api/v1/orders", asked: (query) => ({ ...query, ...mine }) }}
      rowId={(row) => row.number}
      rowName={(row) => said(row.title_said)}
      rowTone={(row) => (row.state === "failed" ? "bad" : row.state === "expired" || row.state === "cancelled" ? "idle" : undefined)}
      peek={{ title: (row) => said(row.title_said), render: (row) => <Stack gap="sm"><OrderBox number={row.number} /><Receipts number={row.number} /></Stack> }}
      empty={{ title: t("order.empty.title"), text: t("order.empty.text"), icon: IconShoppingCart }}
    />
  );
}

export function Receipts({ number }: { number: string }) {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const found = useQuery({ queryKey: ["wallet", "order", number], queryFn: ({ signal }) => ok(api.GET("/api/v1/orders/{number}", { params: { path: { number } }, signal })) });
  if (found.isError) return <ProblemText error={found.error} />;
  if (!found.data) return null;
  const { order, receipts, refunds } = found.data;
  return (
    <Stack gap="sm">
      {receipts.map((one) => (
        <Group key={one.number} gap="sm">
          <Text size="sm">{t("order.receipt", { number: one.number })}</Text>
          {(["pdf", "html"] as const).map((format) => (
            <Anchor key={format} size="sm" href={`${GATEWAY}/api/v1/receipts/${one.number}?format=${format}`} target="_blank" rel="noreferrer">{format.toUpperCase()}</Anchor>
          ))}
        </Group>
      ))}
      {refunds.length > 0 ? (
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t("order.refund")}</Table.Th><Table.Th>{t("order.state")}</Table.Th><Table.Th>{t("order.created")}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {refunds.map((one) => (
              <Table.Tr key={one.number}><Table.Td>{priceText(one.amount, order.currency, locale)}</Table.Td><Table.Td>{t(`refunds.${one.state}` as "refunds.done")}</Table.Td><Table.Td><When at={one.created_at} /></Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </Stack>
  );
}
