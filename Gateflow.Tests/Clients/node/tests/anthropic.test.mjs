import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { url, key, models, question, trip, pixel, isTrip } from './gateway.mjs';

const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
const messages = [{ role: 'user', content: question }];
const tools = [{ name: 'weather', input_schema: trip }, { name: 'clock', input_schema: trip }];
const text = message => message.content.filter(block => block.type === 'text').map(block => block.text).join('');

for (const model of Object.values(models)) {
  test(`${model}: message`, async () => {
    const message = await client.messages.create({ model, messages, max_tokens: 600, system: 'Be brief.' });
    assert.equal(message.model, model);
    assert.equal(message.stop_reason, 'end_turn');
    assert.ok(text(message).length > 20);
    assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
  });

  test(`${model}: message, streamed, tells what it tells whole`, async () => {
    const whole = await client.messages.create({ model, messages, max_tokens: 600 });
    let pieces = '';
    const stream = client.messages.stream({ model, messages, max_tokens: 600 }).on('text', piece => { pieces += piece; });
    const final = await stream.finalMessage();
    assert.equal(pieces, text(whole));
    assert.equal(text(final), text(whole));
    assert.equal(final.stop_reason, 'end_turn');
    assert.ok(final.usage.output_tokens > 0);
  });

  test(`${model}: tools, both ways, streamed`, async () => {
    const turns = [{ role: 'user', content: 'Ask weather and clock for Oslo' }];
    const first = await client.messages.stream({ model, messages: turns, tools, max_tokens: 600 }).finalMessage();
    const uses = first.content.filter(block => block.type === 'tool_use');
    assert.deepEqual(uses.map(use => use.name), ['weather', 'clock']);
    assert.ok(uses.every(use => isTrip(use.input)));
    assert.equal(first.stop_reason, 'tool_use');
    const results = uses.map(use => ({ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }));
    const second = await client.messages.create({
      model, tools, max_tokens: 600, messages: [...turns, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    });
    assert.equal(second.stop_reason, 'end_turn');
  });

  test(`${model}: image`, async () => {
    const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }, { type: 'text', text: question }];
    const message = await client.messages.create({ model, messages: [{ role: 'user', content }], max_tokens: 600 });
    assert.ok(text(message).length > 0);
  });

  test(`${model}: tokens are counted`, async () => {
    const count = await client.messages.countTokens({ model, messages });
    assert.ok(count.input_tokens > 3);
  });
}

test('models', async () => {
  const listed = [];
  for await (const model of client.models.list()) {
    listed.push(model.id);
  }
  assert.ok(Object.values(models).every(model => listed.includes(model)));
});

test('errors are the kinds of the client', async () => {
  await assert.rejects(client.messages.create({ model: 'no-such-model', messages, max_tokens: 10 }), Anthropic.NotFoundError);
  await assert.rejects(client.messages.create({ model: models.anthropic, messages: [], max_tokens: 10 }), Anthropic.BadRequestError);
  await assert.rejects(new Anthropic({ baseURL: url, apiKey: 'gw_wrong', maxRetries: 0 }).messages.create({ model: models.anthropic, messages, max_tokens: 10 }), Anthropic.AuthenticationError);
});
