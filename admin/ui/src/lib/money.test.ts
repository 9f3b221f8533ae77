import assert from "node:assert/strict";
import { test } from "node:test";
import { currencyOf, USD } from "./currency";
import { decimal, fieldText, moneyText, nanoOf, plainNumber, signOf, usdOf, usdText } from "./money";

const cny = currencyOf({ code: "CNY", unit: "", rate: "7.25", digits: 2 }, "");
const jpy = currencyOf({ code: "JPY", unit: "", rate: "150", digits: 0 }, "");
const quota = currencyOf({ code: "quota", unit: "", rate: "500000", digits: 0 }, "quota");
const stars = currencyOf({ code: "custom", unit: "★", rate: "0.000001", digits: 2 }, "");
const credits = currencyOf({ code: "custom", unit: "credits", rate: "1000", digits: 1 }, "");
const flat = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("nano-USD is decimal text and back, to the last place", () => {
  for (const nano of [0n, 1n, -1n, 1_500_000_000n, 123_456_789_012_000_000_001n]) assert.equal(nanoOf(decimal(nano)), nano);
  assert.equal(decimal("9007199254740993000000001"), "9007199254740993.000000001");
  assert.equal(decimal(1_500_000_000), "1.5");
  assert.equal(nanoOf("12.50"), 12_500_000_000n);
  assert.equal(nanoOf("7."), 7_000_000_000n);
  for (const wrong of ["", "1,5", "1e3", "0.0000000001", "x", "1234567890123"]) assert.equal(nanoOf(wrong), null);
});
test("an amount is as exact as it is small", () => {
  assert.equal(moneyText(1_500_000_000, "en"), "$1.50");
  assert.equal(moneyText(1_234_000, "en"), "$0.001234");
  assert.equal(moneyText("9007199254740993000000000", "en"), "$9,007,199,254,740,993.00");
});
test("an amount is shown in the unit, in the person's language, rounded once", () => {
  assert.equal(moneyText(1_500_000_000, "zh-CN", false, cny), "¥10.88");
  assert.equal(moneyText(1_500_000_000, "en", true, cny), "CN¥10.875");
  assert.equal(flat(moneyText(1_500_000_000, "fr", false, cny)), "10,88 CNY");
  assert.equal(moneyText(-1_500_000_000, "en", false, cny), "-CN¥10.88");
  assert.equal(moneyText("9007199254740993000000000", "en", false, cny), "CN¥65,302,194,596,872,199.25");
  assert.equal(flat(moneyText(2_000, "en", false, quota)), "1 quota");
  assert.equal(flat(moneyText(25_000_000_000, "de", false, credits)), "25.000,0 credits");
  assert.equal(moneyText(1_000_000_000_000_000n, "en", false, stars), "★1.00");
});
test("yen have no decimals, parts of a yen do", () => {
  assert.equal(moneyText(1_234_567_890, "en", false, jpy), "¥185");
  // 1500.49999995, and 1500.5000001: rounded once, from all places.
  assert.equal(moneyText(10_003_333_333, "en", false, jpy), "¥1,500");
  assert.equal(moneyText(10_003_333_334, "en", false, jpy), "¥1,501");
  assert.equal(moneyText(0, "en", false, jpy), "¥0");
  assert.equal(moneyText(1_000_000, "en", false, jpy), "¥0.15");
});
test("what a field shows comes back to the same nano-USD, in every unit", () => {
  const amounts = ["0", "1", "12.5", "0.000000001", "0.15", "999999999.999999999", "1.388888889", "-3.7"];
  for (const unit of [USD, cny, jpy, quota, stars, credits]) for (const usd of amounts) assert.equal(usdOf(fieldText(usd, unit), unit), usd, `${usd} ${unit.code}`);
  assert.equal(fieldText(usdOf("10", cny), cny), "10");
  assert.equal(fieldText("1", jpy), "150");
  assert.equal(usdOf("10", cny), "1.379310345");
});
test("what is no amount is never taken for one", () => {
  for (const wrong of ["1e3", "x", "1,5", "0.0000000000000001"]) assert.equal(usdOf(wrong, cny), `?${wrong}`);
  assert.equal(usdOf("", cny), "");
  assert.equal(fieldText("?1e3", cny), "?1e3");
  for (const rate of ["0", "0.000000", "", "1e3", "-1", "0.0000001"]) assert.equal(currencyOf({ code: "EUR", unit: "", rate, digits: 2 }, ""), USD);
});
test("thousands are parted where the language parts them so", () => {
  for (const [typed, locale, wanted] of [
    ["1,000", "en", "1000"], ["1,000,000.5", "en", "1000000.5"], ["12,5", "en", "12.5"], ["1 234,5", "fr", "1234.5"], ["1,000", "fr", "1.000"], ["0,125", "en", "0.125"],
    ["1.234,5", "fr", "1234.5"], ["1.000", "de", "1000"], ["1.5", "de", "1.5"], ["1,00,000.5", "en", "1,00,000.5"], ["12.5", "ja", "12.5"], ["-1,000", "en", "-1000"],
  ] as const) assert.equal(plainNumber(typed, locale), wanted, `${typed} ${locale}`);
});
test("the dollar beside another currency is told from others, a word stands behind", () => {
  assert.equal(usdText(1_388_888_889, "zh-CN"), "US$1.388888889");
  assert.deepEqual(signOf("en", USD), { sign: "$", behind: false });
  assert.deepEqual(signOf("fr", USD), { sign: "$", behind: true });
  assert.deepEqual(signOf("en", quota), { sign: "quota", behind: true });
  assert.deepEqual(signOf("en", stars), { sign: "★", behind: false });
});
