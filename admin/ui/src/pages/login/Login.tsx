/** The page to sign in. Where a login by an identity provider failed, its reason is in ?problem=. */
import { Anchor } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { api, ApiProblem, ok } from "~/api";
import { ME } from "~/api/me";
import { ProblemText } from "~/components/ProblemText";
import { Door } from "./Door";
import { useIdentity } from "./identity";
import SignIn from "./SignIn";

/** A path of the console, never another site's address. */
export const inside = (next: string | null): string => (next?.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/");

export default function Login() {
  const { t } = useTranslation("login");
  const [url] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => ok(api.GET("/api/v1/setup")), staleTime: 60_000 });
  const next = inside(url.get("next"));
  const problem = url.get("problem");
  const enter = () => {
    queries.removeQueries({ queryKey: ME });
    navigate(next, { replace: true });
  };
  if (setup.data?.needed) return <Navigate to={`/setup${location.hash}`} replace />;
  return (
    <Door title={t("title")} foot={<Suspense><Foot /></Suspense>}>
      {problem ? <ProblemText error={new ApiProblem(0, problem, "", url.get("request_id") ?? "")} /> : null}
      <SignIn onDone={enter} next={next} />
    </Door>
  );
}

function Foot() {
  const { t } = useTranslation("login");
  const { registration, passwordLogin } = useIdentity();
  return (
    <>
      {registration !== "off" ? <Anchor component={Link} to="/register" size="sm">{t("register")}</Anchor> : null}
      {passwordLogin ? <Anchor component={Link} to="/forgot" size="sm">{t("forgot")}</Anchor> : null}
    </>
  );
}
