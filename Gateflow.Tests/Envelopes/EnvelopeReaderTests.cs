using System.Text;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols.Chat;

namespace Gateflow.Tests.Envelopes;

public sealed class EnvelopeReaderTests
{
    private const string Messages = """[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]""";

    [Fact]
    public void Read_PlainRequest_FindsModelAndReplacesItInPlace()
    {
        var body = $$"""{ "model" : "gpt-4" , "messages":{{Messages}}, "temperature":0.2 }""";

        var (envelope, error) = Read(body);

        Assert.Null(error);
        Assert.Equal("gpt-4", envelope.Model);
        Assert.Equal(Capabilities.Chat | Capabilities.SystemRole | Capabilities.Temperature, envelope.Capabilities);
        Assert.Equal(body.Replace("gpt-4", "gpt-4o", StringComparison.Ordinal), Spliced(body, envelope));
    }

    [Fact]
    public void Read_EveryCapability_IsSeen()
    {
        var (envelope, error) = Read("""
            {"model":"m","stream":true,"tools":[{"type":"function"}],"tool_choice":"required","parallel_tool_calls":true,
             "functions":[{}],"response_format":{"json_schema":{"type":"object"},"type":"json_schema"},"logprobs":true,"n":2,"seed":1,
             "stop":["x"],"reasoning_effort":"low","temperature":0,"top_p":0.5,"logit_bias":{"1":2},"presence_penalty":1,
             "max_tokens":5,"user":"u1","audio":{},
             "messages":[{"role":"system","content":"s"},{"role":"developer","content":"d"},
               {"role":"user","name":"n","content":[{"type":"text","text":"t","cache_control":{}},{"type":"image_url","image_url":{"url":"u"}},
                 {"type":"input_audio","input_audio":{}},{"type":"file","file":{}}]},
               {"role":"assistant","reasoning_content":"r","content":"p"}]}
            """);

        Assert.Null(error);
        var all = CapabilityNames.All.Aggregate((a, b) => a | b);
        Assert.Equal(all & ~(Capabilities.Completions | Capabilities.Embeddings | Capabilities.JsonMode | Capabilities.ThinkingOff
            | Capabilities.SystemTurns | Capabilities.StoredState | Core.Compatibility.ApiPath.Flags), envelope.Capabilities);
        Assert.Equal("u1", envelope.EndUser);
        Assert.True(envelope.Stream);
        Assert.True(envelope.WantsJson);
    }

    [Theory]
    [InlineData("""{"temperature":1,"n":1,"presence_penalty":0,"logprobs":false,"stop":null,"tools":[],"stream":false,"response_format":{"type":"text"}""")]
    [InlineData("""{"temperature":null,"top_p":1,"seed":null,"max_tokens":null,"tool_choice":"auto","parallel_tool_calls":null,"top_logprobs":0""")]
    public void Read_ParametersAtTheirDefaults_AreNotCounted(string start)
    {
        var (envelope, error) = Read(start + ""","model":"m","messages":[{"role":"user","content":"x"}]}""");

        Assert.Null(error);
        Assert.Equal(Capabilities.Chat, envelope.Capabilities);
    }

    [Theory]
    [InlineData(""","logprobs":true,"top_logprobs":0""", Capabilities.Logprobs, null)]
    [InlineData(""","functions":[{}],"function_call":null""", Capabilities.LegacyFunctions | Capabilities.FunctionCalling, null)]
    [InlineData(""","tools":[{}],"functions":[]""", Capabilities.FunctionCalling, null)]
    [InlineData(""","functions":[{}],"tools":[]""", Capabilities.LegacyFunctions | Capabilities.FunctionCalling, null)]
    [InlineData(""","max_tokens":500,"max_completion_tokens":null""", Capabilities.MaxTokens, 500)]
    [InlineData(""","parallel_tool_calls":false""", Capabilities.ParallelToolsGiven, null)]
    [InlineData(""","parallel_tool_calls":true""", Capabilities.ParallelToolsGiven | Capabilities.ParallelTools, null)]
    [InlineData(""","max_tokens":null,"max_completion_tokens":500""", Capabilities.MaxTokens, 500)]
    [InlineData(""","top_p":0.5,"top_k":null""", Capabilities.TopP, null)]
    [InlineData(""","reasoning_effort":"low","thinking":null""", Capabilities.ReasoningEffort, null)]
    [InlineData(""","stop":"x","stop_sequences":null""", Capabilities.Stop, null)]
    public void Read_SecondMemberOfAUseIsNeutral_TheUseIsSeen(string more, Capabilities expected, int? most)
    {
        var (envelope, _) = Read($$"""{"model":"m","messages":[{"role":"user","content":"x"}]{{more}}}""");

        Assert.Equal((Capabilities.Chat | expected, most), (envelope.Capabilities, envelope.MaxOutputTokens));
    }

    [Theory]
    [InlineData("""{"gateflow":{"retry":{"max_attempts":2}},"model":"m",M}""", """{"model":"X",M}""")]
    [InlineData("""{"model":"m",M,"gateflow":{"a":[1,{"b":"}"}]}}""", """{"model":"X",M}""")]
    [InlineData("""{"model":"m" , "gateflow" : {} , M}""", """{"model":"X" ,  M}""")]
    [InlineData("""{"model":"m",M , "gateflow":null }""", """{"model":"X",M }""")]
    [InlineData("""{"gateflow":{},"gateflow":{},"model":"m",M,"gateflow":{},"gateflow":{}}""", """{"model":"X",M}""")]
    [InlineData("""{"\u0067ateflow":{},"model":"m",M}""", """{"model":"X",M}""")]
    [InlineData("""{"model":"a",M,"model":"m"}""", """{"model":"X",M,"model":"X"}""")]
    public void Apply_OwnProperty_IsCutWithItsComma(string template, string expected)
    {
        var body = template.Replace("M", $"\"messages\":{Messages}", StringComparison.Ordinal);

        var (envelope, error) = Read(body);

        Assert.Null(error);
        Assert.Equal("m", envelope.Model);
        var spliced = Spliced(body, envelope, "X");
        Assert.Equal(expected.Replace("M", $"\"messages\":{Messages}", StringComparison.Ordinal), spliced);
        using var parsed = JsonDocument.Parse(spliced);
    }

    [Theory]
    [InlineData("", """{"stream_options":{"include_usage":true},"model":"m",M}""")]
    [InlineData(""","stream_options":null""", """{"model":"m",M,"stream_options":{"include_usage":true}}""")]
    [InlineData(""","stream_options":{}""", """{"model":"m",M,"stream_options":{"include_usage":true}}""")]
    [InlineData(""","stream_options":{"a":1}""", """{"model":"m",M,"stream_options":{"include_usage":true,"a":1}}""")]
    [InlineData(""","stream_options":{"include_usage":false,"a":1}""", """{"model":"m",M,"stream_options":{"include_usage":true,"a":1}}""")]
    public void Apply_UsageNotAskedFor_AsksForIt(string options, string expected)
    {
        var body = $$"""{"model":"m","messages":{{Messages}}{{options}}}""";

        var (envelope, error) = Read(body);

        Assert.Null(error);
        Assert.False(envelope.IncludeUsage);
        Assert.Equal(expected.Replace("M", $"\"messages\":{Messages}", StringComparison.Ordinal), Spliced(body, envelope, "m", usage: true));
        Assert.Equal(body, Spliced(body, envelope, "m"));
    }

    [Fact]
    public void Read_UsageAskedFor_IsSeen() =>
        Assert.True(Read("""{"model":"m","stream_options":{"x":{},"include_usage":true},"messages":[{}]}""").Envelope.IncludeUsage);

    [Fact]
    public void Read_Extras_AreParsed()
    {
        var (envelope, _) = Read("""
            {"model":"m","messages":[{}],"metadata":{"user_id":"u7","k":{}},
             "gateflow":{"other":1,"fallbacks":["a","b"],"retry":{"max_attempts":5,"initial_delay_ms":20,"x":[]}}}
            """);

        Assert.Equal(["a", "b"], envelope.Fallbacks);
        Assert.Equal(5, envelope.MaxAttempts);
        Assert.Equal(20, envelope.RetryDelayMs);
        Assert.Equal("u7", envelope.EndUser);
    }

    [Theory]
    [InlineData("", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("{", "invalid_json", null)]
    [InlineData("""{"model":"m","messages":[{}]} x""", "invalid_json", null)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],}""", "invalid_json", null)]
    [InlineData("""{"model":"\ud800","messages":[{}]}""", "invalid_json", null)]
    [InlineData("""{"messages":[{}]}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":null,"messages":[{}]}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":"","messages":[{}]}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":7,"messages":[{}]}""", "invalid_parameter", "model")]
    [InlineData("""{"model":"m"}""", "missing_required_parameter", "messages")]
    [InlineData("""{"model":"m","messages":[]}""", "invalid_parameter", "messages")]
    [InlineData("""{"model":"m","messages":"hi"}""", "invalid_parameter", "messages")]
    [InlineData("""{"model":"m","messages":[{}],"gateflow":3}""", "invalid_parameter", "gateflow")]
    [InlineData("""{"model":"m","messages":[{}],"gateflow":{"retry":{"max_attempts":0}}}""", "invalid_parameter", "gateflow.retry.max_attempts")]
    [InlineData("""{"model":"m","messages":[{}],"gateflow":{"retry":{"initial_delay_ms":-1}}}""", "invalid_parameter", "gateflow.retry.initial_delay_ms")]
    [InlineData("""{"model":"m","messages":[{}],"gateflow":{"fallbacks":[1]}}""", "invalid_parameter", "gateflow.fallbacks")]
    public void Read_BadBody_IsRefusedWithItsPlace(string body, string code, string? param)
    {
        var (_, error) = Read(body);

        Assert.Equal(400, error?.Status);
        Assert.Equal((code, param), (error?.Code, error?.Param));
    }

    [Fact]
    public void Read_NestedDeeperThan64_IsRefused()
    {
        string Nested(int depth) => $$"""{"model":"m","messages":{{Messages}},"x":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        Assert.Null(Read(Nested(63)).Error);
        Assert.Equal("invalid_json", Read(Nested(64)).Error?.Code);
        Assert.Equal("invalid_json", Read(Nested(100_000)).Error?.Code);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"model\":\"m"u8, 0xff, .. "\",\"messages\":[{}]}"u8];

        Assert.Equal("invalid_json", ChatEnvelopeReader.Instance.Read(body, new Envelope())?.Code);
    }

    [Fact]
    public void Read_SameSystemAndFirstUserMessage_IsTheSameConversation()
    {
        ulong Of(string messages) => Read($$"""{"model":"m","messages":{{messages}}}""").Envelope.Conversation;

        var first = Of(Messages);
        var later = Of(Messages[..^1] + """,{"role":"assistant","content":"Yo"},{"role":"user","content":"And?"}]""");
        var other = Of(Messages.Replace("Hi", "Ho", StringComparison.Ordinal));

        Assert.Equal(first, later);
        Assert.NotEqual(first, other);
        Assert.NotEqual(0UL, first);
    }

    [Fact]
    public void Read_MutatedBodies_AreReadOrRefusedButNeverThrow()
    {
        var seeds = new[]
        {
            $$$"""{"model":"gpt-4","messages":{{{Messages}}},"stream":true,"stream_options":{"include_usage":false},"gateflow":{"fallbacks":["a"],"retry":{"max_attempts":2} } }""",
            $$$"""{"gateflow":{},"tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_object"},"metadata":{"user_id":"u"},"model":"m","messages":{{{Messages}}}}""",
            """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"\u00e4\ud83d\ude00"},{"type":"image_url","image_url":{"url":"data:"}}]},{"role":"assistant","tool_calls":[{},{}]}],"n":2,"user":"u"}""",
        };
        string[] tokens = ["\"gateflow\":{},", ",", "}", "{", "[", "]", "\"", "\\u", "\\ud800", "null", "-1e999", ":", "\"model\":\"x\",", "\0", "\u00e9", "\"messages\":[],"];
        var random = new Random(20261122);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var body = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]).ToList();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var at = random.Next(body.Count);
                switch (random.Next(5))
                {
                    case 0: body[at] = (byte)random.Next(256); break;
                    case 1: body.RemoveRange(at, Math.Min(random.Next(1, 20), body.Count - at - 1)); break;
                    case 2: body.InsertRange(at, Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)])); break;
                    case 3: body.InsertRange(at, body.GetRange(at, Math.Min(random.Next(1, 40), body.Count - at))); break;
                    default: body.RemoveRange(at, body.Count - at - 1); break;
                }
            }

            byte[] bytes = [.. body];
            var envelope = new Envelope();
            if (ChatEnvelopeReader.Instance.Read(bytes, envelope) is { } error)
            {
                refused++;
                Assert.Equal(400, error.Status);
                continue;
            }

            read++;
            var spliced = Join(BodySplice.Apply(bytes, envelope.Edits, "\"target\""u8.ToArray(), envelope.Stream));
            using var parsed = JsonDocument.Parse(spliced);
            Assert.Equal("target", parsed.RootElement.GetProperty("model").GetString());
            Assert.False(parsed.RootElement.TryGetProperty("gateflow", out _));
        }

        Assert.True(read > 1000 && refused > 1000, $"read {read}, refused {refused}");
    }

    private static (Envelope Envelope, GatewayError? Error) Read(string body)
    {
        var envelope = new Envelope();
        return (envelope, ChatEnvelopeReader.Instance.Read(Encoding.UTF8.GetBytes(body), envelope));
    }

    private static string Spliced(string body, Envelope envelope, string model = "gpt-4o", bool usage = false) =>
        Encoding.UTF8.GetString(Join(BodySplice.Apply(Encoding.UTF8.GetBytes(body), envelope.Edits, JsonSerializer.SerializeToUtf8Bytes(model), usage)));

    private static byte[] Join(ReadOnlyMemory<byte>[] segments) => [.. segments.SelectMany(s => s.ToArray())];
}
