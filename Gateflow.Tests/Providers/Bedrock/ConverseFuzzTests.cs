using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Protocols.Messages;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.Bedrock;
using Gateflow.Gateway.Translation;
using Gateflow.Tests.Fuzz;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>Whatever a caller or a provider sends, the only exceptions are those that the pipeline knows.</summary>
public sealed class ConverseFuzzTests
{
    private const string Chat =
        """
        {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"t"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA","filename":"f.pdf"}}]},
          {"role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}],
         "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":{"type":"object","additionalProperties":true}}},"strict":true}}],
         "tool_choice":"auto","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"anyOf":[{"type":"object"}]}}}}},
         "max_tokens":5,"temperature":0.5,"top_p":0.5,"stop":["x"],"metadata":{"a":"b"},"reasoning_effort":"low","service_tier":"flex","parallel_tool_calls":false}
        """;

    private const string Anthropic =
        """
        {"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"u"},
          {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"i","name":"f","input":{"a":[1]}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"i","is_error":true,"content":[{"type":"text","text":"x"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},{"type":"document","title":"d","source":{"type":"text","media_type":"text/plain","data":"d"}}]}],
         "tools":[{"name":"f","input_schema":{"type":"object"}}],"thinking":{"type":"enabled","budget_tokens":2000},"metadata":{"user_id":"u"},"output_config":{"effort":"low"}}
        """;

    private static readonly string[] Models = ["anthropic.claude-sonnet-4-5-v1:0", "anthropic.claude-opus-5", "amazon.nova-2-lite-v1:0", "meta.llama3"];

    [Fact]
    public void Write_MutatedRequests_AreWrittenOrRefused()
    {
        var random = new Random(11);
        var adapter = new BedrockConverseAdapter();
        var provider = new ProviderEndpoint { Name = "aws", Type = ProviderType.Bedrock, BaseUrl = new Uri("http://x") };
        var written = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var (protocol, seed) = i % 2 == 0 ? ((ICallerProtocol)new ChatProtocol(), Chat) : (new MessagesProtocol(), Anthropic);
            var body = JsonNode.Parse(seed)!;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                JsonMutation.Change(body, random);
            }

            try
            {
                var request = protocol.ReadRequest(Encoding.UTF8.GetBytes(body.ToJsonString()));
                var json = adapter.Write(request, new ModelEndpoint(provider, Models[random.Next(Models.Length)]), new ShimNotes());
                Assert.NotEmpty(JsonSerializer.SerializeToUtf8Bytes(json, ProviderJson.Options));
                written++;
            }
            catch (NotCarriedException refused)
            {
                Assert.InRange(refused.Error.Status, 400, 499);
            }
        }

        Assert.InRange(written, 5_000, 29_000);
    }

    [Fact]
    public void Read_RandomEventsAndHeaders_AreReadOrRefused()
    {
        var random = new Random(12);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 30_000; i++)
        {
            var answer = new TranslatedAnswer(new BedrockConverseAdapter());
            using var facts = new AnswerFacts(keepContent: false);
            using var buffer = new PooledBody(64);
            buffer.Append(Message(random));
            try
            {
                read += answer.Read(buffer, facts) ? 1 : 0;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(read > 1000 && refused > 1000, $"{read} {refused}");
    }

    /// <summary>A message whose checksums fit, with headers and payload that were right before a few bytes were changed.</summary>
    private static byte[] Message(Random random)
    {
        byte[] headers = [11, .. ":event-type"u8, 7, 0, 17, .. "contentBlockDelta"u8, 13, .. ":message-type"u8, 7, 0, 5, .. "event"u8];
        var payload = Encoding.UTF8.GetBytes("""{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"},"text":"é"}}""");
        var changed = random.Next(2) == 0 ? headers : payload;
        for (var changes = random.Next(0, 3); changes > 0; changes--)
        {
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
        }

        var message = new byte[16 + headers.Length + payload.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.Of(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        payload.CopyTo(message, 12 + headers.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.Of(message.AsSpan(0, message.Length - 4)));
        return message;
    }
}
