using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Protocols.Responses;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;
using Gateflow.Tests.Fuzz;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>Whatever a caller or a provider sends, the only exceptions are those that the pipeline knows, and what is told is whole.</summary>
public sealed class ResponsesFuzzTests
{
    private const string Request =
        """
        {"model":"m","instructions":"i","stream":false,"input":[{"role":"developer","content":"d"},{"type":"message","role":"user","content":[{"type":"input_text","text":"t"},
            {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},{"type":"input_file","file_data":"data:application/pdf;base64,AAAA","filename":"f.pdf"}]},
          {"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"encrypted_content":"gateflow.signature:x"},
          {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"r"}]},
          {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"o"}]}],
         "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"name":"f"}]},
         "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":false},"verbosity":"low"},"reasoning":{"effort":"low","summary":"auto"},
         "include":["message.output_text.logprobs"],"top_logprobs":1,"max_output_tokens":20,"temperature":0.5,"metadata":{"a":"b"},"user":"u","store":true,"truncation":"auto"}
        """;

    private const string ChatRequest =
        """
        {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"t"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA","filename":"f.pdf"}}]},
          {"role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}],
         "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},
         "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},"max_tokens":5,"temperature":0.5,"metadata":{"a":"b"},
         "reasoning_effort":"low","service_tier":"flex","parallel_tool_calls":false,"logprobs":true,"modalities":["text"]}
        """;

    private static readonly string[] Answers =
    [
        """
        {"id":"r","object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"model":"m","error":null,"output":[
          {"type":"reasoning","summary":[{"type":"summary_text","text":"One."}]},{"type":"message","content":[{"type":"output_text","text":"Hi","logprobs":[{"token":"H"}]},{"type":"refusal","refusal":"No"}]},
          {"type":"function_call","call_id":"a","name":"f","arguments":"{}"}],"usage":{"input_tokens":1,"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1}}}
        """,
        """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x","logprobs":[{"token":"x"}]}""",
        """{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"a","name":"f","arguments":""}}""",
        """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{}"}""",
        """{"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"b","name":"g","arguments":"{}"}}""",
        """{"type":"response.reasoning_summary_part.added","summary_index":1,"part":{"type":"summary_text"}}""",
        """{"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"x"}]}],"usage":{"input_tokens":1}}}""",
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"no"}}}""",
    ];

    [Fact]
    public void Read_MutatedRequests_AreWrittenOrRefused()
    {
        var random = new Random(21);
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://x/v1") }, "m");
        var written = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var (protocol, seed, adapter) = i % 2 == 0
                ? ((ICallerProtocol)new ResponsesProtocol(), Request, (IProviderAdapter)new OpenAIChatAdapter())
                : (new ChatProtocol(), ChatRequest, new OpenAIResponsesAdapter());
            var body = Encoding.UTF8.GetBytes(Changed(seed, random).ToJsonString());
            protocol.ReadEnvelope(body, new Envelope());
            try
            {
                Assert.NotEmpty(JsonSerializer.SerializeToUtf8Bytes(adapter.Write(protocol.ReadRequest(body), endpoint, new ShimNotes()), ProviderJson.Options));
                written++;
            }
            catch (NotCarriedException refused)
            {
                Assert.InRange(refused.Error.Status, 400, 499);
            }
        }

        Assert.InRange(written, 5_000, 39_000);
    }

    [Fact]
    public void Read_BodiesWithChangedBytes_NeverThrow()
    {
        var random = new Random(22);
        var (good, bad) = (0, 0);
        for (var i = 0; i < 40_000; i++)
        {
            var body = Encoding.UTF8.GetBytes(i % 2 == 0 ? Request : Answers[random.Next(Answers.Length)]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            using var facts = new AnswerFacts(keepContent: true);
            var read = i % 2 == 0
                ? new ResponsesProtocol().ReadEnvelope(body, new Envelope()) is null
                : ResponsesAnswerReader.TryRead(body, facts, out _) & new ResponsesAnswerParser().TryReadEvent(body, null, []) & new ResponsesAnswerParser().TryReadWhole(body, []);
            (good, bad) = read ? (good + 1, bad) : (good, bad + 1);
        }

        Assert.True(good > 1_000 && bad > 1_000, $"{good} {bad}");
    }

    [Fact]
    public void Tell_MutatedAnswers_StreamAndWholeSayTheSame()
    {
        var random = new Random(23);
        var pieces = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var (parser, parts) = (new ResponsesAnswerParser(), new List<AnswerPart>());
            for (var events = random.Next(1, 8); events > 0; events--)
            {
                var data = Encoding.UTF8.GetBytes(Changed(Answers[random.Next(Answers.Length)], random, least: 0).ToJsonString());
                parser.TryReadEvent(data, null, parts);
                _ = i % 3 == 0 && parser.TryReadWhole(data, parts);
            }

            parts.RemoveAll(static part => part is Failed);
            pieces += parts.Count;
            var whole = JsonNode.Parse(Written(parts, stream: false, logprobs: i % 2 == 0));
            var told = Written(parts, stream: true, logprobs: i % 2 == 0).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => JsonNode.Parse(e[(e.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!).ToList();

            Assert.Equal(Enumerable.Range(0, told.Count), told.Select(e => (int)e["sequence_number"]!));
            Assert.True(JsonNode.DeepEquals(whole, told[^1]["response"]));
            Assert.Equal(Count(told, "response.output_item.added"), Count(told, "response.output_item.done"));
            Assert.Equal(Count(told, "response.content_part.added"), Count(told, "response.content_part.done"));
            Assert.Equal(whole!["output"]!.AsArray().Count, Count(told, "response.output_item.done"));
        }

        Assert.True(pieces > 10_000);
    }

    private static int Count(List<JsonNode> events, string type) => events.Count(e => (string?)e["type"] == type);

    private static JsonNode Changed(string seed, Random random, int least = 1)
    {
        var body = JsonNode.Parse(seed)!;
        for (var changes = random.Next(least, 4); changes > 0; changes--)
        {
            JsonMutation.Change(body, random);
        }

        return body;
    }

    private static string Written(List<AnswerPart> parts, bool stream, bool logprobs)
    {
        var request = new ModelRequest { Messages = [], Logprobs = logprobs };
        var writer = new ResponsesProtocol().CreateWriter(new AnswerContext("req_abc", "m", DateTimeOffset.UnixEpoch, request, stream, IncludeUsage: false));
        using var output = new PooledBody(64);
        foreach (var part in parts)
        {
            writer.Add(part, output);
        }

        writer.Complete(output);
        return Encoding.UTF8.GetString(output.Span);
    }
}
