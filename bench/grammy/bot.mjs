// The peer of the benchmark: grammY with its runner, updates of one chat in
// order (sequentialize), session state in Redis: one read and one write for
// each update. It answers the ten steps of the conversation with the replies
// that regia gave to them, texts and buttons, which come as JSON in
// BENCH_REPLIES.
import { Bot } from "grammy";
import { run, sequentialize } from "@grammyjs/runner";
import { readFileSync } from "node:fs";
import Redis from "ioredis";

const redis = new Redis(process.env.BENCH_REDIS);
const replies = JSON.parse(readFileSync(process.env.BENCH_REPLIES, "utf8"));
const bot = new Bot(process.env.BENCH_TOKEN, { client: { apiRoot: process.env.BENCH_API } });

bot.use(sequentialize((ctx) => ctx.chat?.id.toString()));

bot.on("message:text", async (ctx) => {
  const key = "session:" + ctx.chat.id;
  const stored = await redis.get(key);
  const session = stored ? JSON.parse(stored) : { step: 0, said: {} };
  if (ctx.message.text === "/start") session.step = 0;
  const reply = replies[session.step];
  if (ctx.message.text !== reply.asked) {
    await ctx.reply("Non ho capito.");
    return;
  }
  session.said[session.step] = { text: ctx.message.text, at: ctx.message.date };
  session.step = (session.step + 1) % replies.length;
  await redis.set(key, JSON.stringify(session));
  await ctx.reply(reply.text, {
    parse_mode: "HTML",
    reply_markup: reply.buttons ? { inline_keyboard: reply.buttons } : undefined,
  });
});

bot.catch((err) => console.error(err.error));
run(bot);
