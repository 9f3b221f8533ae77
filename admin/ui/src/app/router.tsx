/** The routes: public pages by themselves, all others within the shell, each loaded when it is opened. */
import { createBrowserRouter, type RouteObject } from "react-router";
import { BASENAME } from "~/api/place";
import { fetchMe, ME } from "~/api/me";
import { queryClient } from "~/api/queries";
import { fetchTexts } from "~/i18n";
import { type AreaRoute, type Named, routes } from "./areas";
import { Guard } from "./Guard";
import { NotFound } from "./NotFound";
import { PageError, PageGone } from "./PageError";
import { loadChunk } from "./stale";

/** A page, or what says that it is gone: the router shows nothing at all for a page that cannot be loaded. */
const loaded = async (lazy: AreaRoute["lazy"]) => {
  try {
    return (await loadChunk(lazy)).default;
  } catch {
    return PageGone;
  }
};

// Until the first page is there.
const BLANK = <div />;

const one = ({ path, area, lazy, needs, reach }: Named): RouteObject => ({
  path,
  lazy: async () => {
    fetchTexts(area);
    const Page = await loaded(lazy);
    return { element: <Guard needs={needs} reach={reach}><Page /></Guard> };
  },
  errorElement: <PageError />,
});
const open = ({ path, area, lazy }: Named): RouteObject => ({
  path,
  hydrateFallbackElement: BLANK,
  lazy: async () => {
    fetchTexts(area);
    return { Component: await loaded(lazy) };
  },
  errorElement: <PageError />,
});

export const router = createBrowserRouter(
  [
    ...routes.filter((route) => route.public).map(open),
    {
      lazy: async () => {
        // Beside the files and not after them: on a slow network each turn counts.
        void queryClient.prefetchQuery({ queryKey: ME, queryFn: fetchMe });
        return { Component: await loaded(() => import("./Shell")) };
      },
      errorElement: <PageError />,
      hydrateFallbackElement: BLANK,
      children: [
        ...routes.filter((route) => !route.public).map(one),
        ...(routes.some((route) => route.path === "") ? [] : [{ index: true, lazy: async () => ({ Component: await loaded(() => import("./Start")) }) }]),
        { path: "*", Component: NotFound },
      ],
    },
  ],
  { basename: BASENAME || "/" },
);
