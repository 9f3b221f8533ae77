/** The models of this gateway, for everybody where it is public, else for who is signed in. All come in one answer. */
import { Button, Center, Group, Loader, Select, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconLock, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, isProblem, ok } from "~/api";
import { useSite } from "~/api/site";
import { Empty } from "~/components/Empty";
import { ProblemText } from "~/components/ProblemText";
import { Card } from "./Card";
import { Loaded, Open } from "./Open";
import { useAbility } from "./useAbility";

const STEP = 60;

function List() {
  const { t } = useTranslation("marketplace");
  const ability = useAbility();
  const site = useSite();
  const open = site?.features.model_list;
  const [url, setUrl] = useSearchParams();
  const [most, setMost] = useState(STEP);
  const found = useQuery({
    queryKey: ["marketplace", open],
    queryFn: ({ signal }) => (open ? ok(api.GET("/api/v1/public/models", { signal })) : ok(api.GET("/api/v1/models/offered", { signal }))),
    enabled: open !== undefined,
    retry: false,
  });
  const [q, vendor, can] = [url.get("q") ?? "", url.get("vendor") ?? "", url.get("capability") ?? ""];
  const put = (name: string, value: string) =>
    setUrl((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  const all = found.data?.models;
  const [vendors, abilities] = useMemo(() => [
    [...new Set(all?.flatMap((one) => one.vendor ?? []))].sort(),
    [...new Set(all?.flatMap((one) => one.capabilities))].sort(),
  ], [all]);
  const words = q.trim().toLowerCase();
  const shown = (all ?? []).filter((one) =>
    (!words || `${one.name} ${one.title} ${one.description}`.toLowerCase().includes(words)) && (!vendor || one.vendor === vendor) && (!can || one.capabilities.includes(can)));
  const closed = isProblem(found.error) && [401, 403, 404].includes(found.error.status);
  return (
    <Open title={t("models.title")} about={t("models.about")}>
      {closed ? <Empty icon={IconLock} title={t("models.closed")} text={t("models.closedText")} action={<Button component={Link} to="/login?next=%2Fmodels">{t("signIn")}</Button>} /> : null}
      {found.isError && !closed ? <ProblemText error={found.error} retry={() => found.refetch()} /> : null}
      {found.isPending ? <Center py={60}><Loader /></Center> : null}
      {all ? (
        <>
          <Group gap="xs" mb="sm" align="end">
            <TextInput type="search" aria-label={t("models.search")} placeholder={t("models.search")} leftSection={<IconSearch size={15} />} value={q} onChange={(event) => put("q", event.currentTarget.value)} />
            {vendors.length > 1 ? <Select aria-label={t("models.vendor")} placeholder={t("models.vendor")} data={vendors} value={vendor || null} onChange={(value) => put("vendor", value ?? "")} clearable searchable w={170} /> : null}
            {abilities.length > 1 ? <Select aria-label={t("models.capability")} placeholder={t("models.capability")} data={abilities.map((value) => ({ value, label: ability(value) }))} value={can || null} onChange={(value) => put("capability", value ?? "")} clearable w={170} /> : null}
            <Text size="sm" c="dimmed" aria-live="polite">{t("models.shown", { count: shown.length })}</Text>
          </Group>
          <Text size="xs" c="dimmed" mb="xs">{t("models.perMillion")}</Text>
          {shown.length === 0 ? <Empty title={t("models.none")} text={t("models.noneText")} /> : null}
          <div className="models">{shown.slice(0, most).map((model) => <Card key={model.name} model={model} />)}</div>
          {shown.length > most ? <Center mt="md"><Button variant="default" onClick={() => setMost(most + STEP)}>{t("models.more")}</Button></Center> : null}
        </>
      ) : null}
    </Open>
  );
}

export default function Models() {
  return <Loaded><List /></Loaded>;
}
