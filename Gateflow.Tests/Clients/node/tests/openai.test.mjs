import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { url, key, models, question, trip, pixel, isTrip } from './gateway.mjs';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const messages = [{ role: 'user', content: question }];
const tools = [
  { type: 'function', function: { name: 'weather', parameters: trip } },
  { type: 'function', function: { name: 'clock', parameters: trip } },
];

for (const model of Object.values(models)) {
  test(`${model}: chat`, async () => {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 600 });
    assert.equal(answer.model, model);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.ok(answer.choices[0].message.content.length > 20);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  });

  test(`${model}: chat, streamed, tells what it tells whole`, async () => {
    const whole = await client.chat.completions.create({ model, messages, max_tokens: 600 });
    const stream = await client.chat.completions.create({ model, messages, max_tokens: 600, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage;
    for await (const chunk of stream) {
      assert.equal(chunk.model, model);
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0].message.content);
    assert.ok(usage.completion_tokens > 0);
  });

  test(`${model}: tools, both ways`, async () => {
    const turns = [{ role: 'user', content: 'Ask weather and clock for Oslo' }];
    const first = await client.chat.completions.create({ model, messages: turns, tools, max_tokens: 600 });
    const calls = first.choices[0].message.tool_calls;
    assert.deepEqual(calls.map(call => call.function.name), ['weather', 'clock']);
    assert.ok(calls.every(call => isTrip(JSON.parse(call.function.arguments))));
    assert.equal(first.choices[0].finish_reason, 'tool_calls');
    const results = calls.map(call => ({ role: 'tool', tool_call_id: call.id, content: 'sunny' }));
    const second = await client.chat.completions.create({ model, messages: [...turns, first.choices[0].message, ...results], tools, max_tokens: 600 });
    assert.equal(second.choices[0].finish_reason, 'stop');
  });

  test(`${model}: structured output through the stream helper`, async () => {
    const stream = client.chat.completions.stream({
      model, messages, max_tokens: 600, response_format: { type: 'json_schema', json_schema: { name: 'trip', strict: true, schema: trip } },
    });
    const answer = await stream.finalChatCompletion();
    assert.ok(isTrip(JSON.parse(answer.choices[0].message.content)));
  });

  test(`${model}: image`, async () => {
    const content = [{ type: 'text', text: question }, { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }];
    const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }], max_tokens: 600 });
    assert.ok(answer.choices[0].message.content.length > 0);
  });

  test(`${model}: responses`, async () => {
    const answer = await client.responses.create({ model, input: question, max_output_tokens: 600 });
    assert.equal(answer.status, 'completed');
    assert.ok(answer.output_text.length > 20);
    const stream = client.responses.stream({ model, input: question, max_output_tokens: 600 });
    let text = '';
    stream.on('response.output_text.delta', event => { text += event.delta; });
    const final = await stream.finalResponse();
    assert.equal(final.output_text, answer.output_text);
    assert.equal(text, answer.output_text);
  });
}

test('embeddings', async () => {
  const answer = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data[0].embedding.length > 10);
});

test('models', async () => {
  const listed = [];
  for await (const model of client.models.list()) {
    listed.push(model.id);
  }
  assert.ok(Object.values(models).every(model => listed.includes(model)));
});

test('errors are the kinds of the client', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ model: models.openai, messages: [] }), OpenAI.BadRequestError);
  await assert.rejects(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'gw_wrong', maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);
});
