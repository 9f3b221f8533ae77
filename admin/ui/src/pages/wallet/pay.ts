/** Takes the browser to where an order is paid. */
import type { Schema } from "~/api";

export function pay(checkout: Schema<"CheckoutOut">): void {
  if (checkout.method === "GET") {
    location.assign(checkout.url);
    return;
  }
  const form = document.createElement("form");
  form.method = "post";
  form.action = checkout.url;
  for (const [name, value] of Object.entries(checkout.fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = String(value);
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

/** An amount of an order in its own currency; the API gives decimal text. */
export const priceText = (amount: string, currency: string, locale: string): string => {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount as Intl.StringNumericLiteral);
  } catch {
    return `${amount} ${currency}`;
  }
};
