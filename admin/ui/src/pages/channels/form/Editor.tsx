/** The form of a channel, new or there already: its fields follow the provider's catalogue. */
import { Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";
import { at, KEY, useProviders } from "../parts/data";
import { Behaviour } from "./Behaviour";
import { Connection } from "./Connection";
import { ModelFields } from "./ModelFields";
import { bodyOf, FRESH, secretsOf, type Values, valuesOf } from "./values";

type Provider = Schema<"ProviderOut">;
/** `created`: what comes after a new one, in place of closing. */
type Props = { id?: number; onSaved: () => unknown; close: () => void; created?: (channel: Schema<"ChannelOut">) => void };

export default function Editor({ id, onSaved, close, created }: Props) {
  const providers = useProviders();
  const stored = useQuery({
    queryKey: [...KEY, "edit", id],
    queryFn: () => tagged(api.GET("/api/v1/channels/{channel}", { params: at(id ?? 0) })),
    enabled: id !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const error = providers.error ?? stored.error;
  if (error) return <ProblemText error={error} />;
  if (!providers.data) return <Loader size="sm" />;
  if (id === undefined) return <Fields providers={providers.data} initial={FRESH} onSaved={onSaved} close={close} created={created} />;
  if (!stored.data) return <Loader size="sm" />;
  const { value, etag } = stored.data;
  return <Fields id={id} channel={value} providers={providers.data} initial={valuesOf(value, own(providers.data, value.provider))} etag={etag} onSaved={onSaved} close={close} />;
}

const own = (providers: Provider[], id: string): string => providers.find((one) => one.id === id)?.base_url ?? "";

type FieldsProps = Props & { providers: Provider[]; channel?: Schema<"ChannelOut">; initial: Values; etag?: string };

function Fields({ id, channel, providers, initial, etag, onSaved, close, created }: FieldsProps) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const form = useResourceForm<Values, Schema<"ChannelOut">>({
    initial,
    etag,
    check: (values) => ({
      ...(values.name.trim() ? {} : { name: t("form.needed") }),
      ...(values.provider ? {} : { provider: t("form.needed") }),
    }),
    save: async (values, tag) => {
      if (id !== undefined) return ok(api.PATCH("/api/v1/channels/{channel}", { params: { ...at(id), header: ifMatch(tag) }, body: bodyOf(values) }));
      const made = await ok(api.POST("/api/v1/channels", { body: bodyOf(values) }));
      const [, ...more] = secretsOf(values.secret);
      if (more.length) await ok(api.POST("/api/v1/channels/{channel}/keys", { params: at(made.id), body: { secrets: more } }));
      return made;
    },
    reload:
      id === undefined
        ? undefined
        : async () => {
            const fresh = await tagged(api.GET("/api/v1/channels/{channel}", { params: at(id) }));
            return { value: valuesOf(fresh.value, own(providers, fresh.value.provider)), etag: fresh.etag };
          },
    onSaved: async (saved) => {
      queries.removeQueries({ queryKey: [...KEY, "edit", id] });
      await onSaved();
      done(t(id === undefined ? "done.created" : "done.saved", { name: saved.name }));
      if (created) created(saved);
      else close();
    },
  });
  const provider = providers.find((one) => one.id === form.values.provider);
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("form.create") : undefined}>
      <Connection form={form} providers={providers} provider={provider} channel={channel} />
      {provider ? <ModelFields form={form} /> : null}
      {provider ? <Behaviour form={form} provider={provider} channel={channel} /> : null}
    </ResourceForm>
  );
}
