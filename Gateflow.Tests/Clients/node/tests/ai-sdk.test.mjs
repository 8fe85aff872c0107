import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { url, key, models, question, trip, isTrip } from './gateway.mjs';

const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: key });
const speakers = { chat: id => openai.chat(id), responses: id => openai.responses(id), messages: id => anthropic(id) };

for (const [protocol, speak] of Object.entries(speakers)) {
  for (const model of Object.values(models)) {
    const common = { model: speak(model), maxOutputTokens: 600, maxRetries: 0 };

    test(`${protocol} before ${model}: text, whole and streamed`, async () => {
      const whole = await generateText({ ...common, prompt: question });
      assert.equal(whole.finishReason, 'stop');
      assert.ok(whole.usage.outputTokens > 0);
      const streamed = streamText({ ...common, prompt: question });
      let text = '';
      for await (const piece of streamed.textStream) {
        text += piece;
      }
      assert.equal(text, whole.text);
      assert.equal(await streamed.finishReason, 'stop');
    });

    test(`${protocol} before ${model}: the framework runs the tools and goes on`, async () => {
      const asked = [];
      const weather = tool({ inputSchema: jsonSchema(trip), execute: input => { asked.push(input); return 'sunny'; } });
      const answer = await generateText({ ...common, prompt: 'Ask weather for Oslo', tools: { weather }, stopWhen: stepCountIs(3) });
      assert.equal(asked.length, 1);
      assert.ok(isTrip(asked[0]));
      assert.equal(answer.steps.length, 2);
      assert.ok(answer.text.length > 0);
    });

    test(`${protocol} before ${model}: an object of a schema`, async () => {
      const answer = await generateText({ ...common, prompt: question, output: Output.object({ schema: jsonSchema(trip) }) });
      assert.ok(isTrip(answer.output));
    });
  }
}

test('embeddings', async () => {
  const { embeddings } = await embedMany({ model: openai.embedding('text-embedding-3-small'), values: ['a', 'b'], maxRetries: 0 });
  assert.equal(embeddings.length, 2);
});
