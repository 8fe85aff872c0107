using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;
using Gateflow.Tests.Simulator;
using OpenAI.Chat;

namespace Gateflow.Tests.Protocols.Chat;

/// <summary>A provider's chat answers, read into parts and written again, in the official SDK's own types.</summary>
public sealed class ChatAnswerTests
{
    private const string Whole =
        """
        {"id":"chatcmpl-9","object":"chat.completion","created":1767225600,"model":"m","choices":[
          {"index":0,"message":{"role":"assistant","content":"Hé\n","refusal":null,"reasoning_content":"hm"},
           "logprobs":{"content":[{"token":"H","logprob":-0.25,"bytes":[72],"top_logprobs":[]}],"refusal":null},"finish_reason":"length"},
          {"index":1,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
            {"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"},
          {"index":2,"message":{"role":"assistant","content":null,"refusal":"No."},"logprobs":null,"finish_reason":"content_filter"}],
         "usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Whole_ReadAndWritten_IsTheSame()
    {
        var parts = Read(Whole);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Whole), JsonNode.Parse(Written(parts, stream: false))));
    }

    [Fact]
    public void Whole_ToldAsAStream_SaysTheSameInTheSdksTypes()
    {
        var events = Events(Written(Read(Whole), stream: true, usage: true));
        var updates = events[..^1].Select(e => ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(e))!).ToList();

        Assert.Equal("[DONE]", events[^1]);
        Assert.All(events[..^1], e => Assert.Equal("chatcmpl-9", (string?)JsonNode.Parse(e)!["id"]));
        Assert.Equal("Hé\n", string.Concat(events[..^2].Select(e => JsonNode.Parse(e)).Where(e => (int)e!["choices"]![0]!["index"]! == 0).Select(e => (string?)e!["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("hm", (string?)JsonNode.Parse(events[0])!["choices"]![0]!["delta"]!["reasoning_content"]);
        Assert.Equal("No.", string.Concat(updates.Select(u => u.RefusalUpdate)));
        Assert.Equal("H", Assert.Single(updates.SelectMany(u => u.ContentTokenLogProbabilities)).Token);
        Assert.Equal(
            ["0 call_1 f ", "0   {\"a\":1}", "1 call_2 g ", "1   {}"],
            updates.SelectMany(u => u.ToolCallUpdates).Select(c => $"{c.Index} {c.ToolCallId} {c.FunctionName} {c.FunctionArgumentsUpdate}"));
        Assert.Equal([ChatFinishReason.Length, ChatFinishReason.ToolCalls, ChatFinishReason.ContentFilter], updates.Where(u => u.FinishReason is not null).Select(u => u.FinishReason!.Value));
        Assert.Equal(3, updates.Count(u => u.Role == ChatMessageRole.Assistant));
        var usage = Assert.Single(updates, u => u.Usage is not null).Usage;
        Assert.Equal((20, 9, 4, 3), (usage.InputTokenCount, usage.OutputTokenCount, usage.InputTokenDetails.CachedTokenCount, usage.OutputTokenDetails.ReasoningTokenCount));
    }

    [Fact]
    public void Stream_UsageNotAskedFor_IsNotTold() =>
        Assert.DoesNotContain("usage", Written(Read(Whole), stream: true), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Calls_OfACallerWithFunctions_AreToldInTheOlderForm(bool stream)
    {
        var parts = Read("""{"choices":[{"index":0,"message":{"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}""");

        var written = Written(parts, stream, legacy: true);

        Assert.Contains(stream ? "\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}" : "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}", written, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"function_call\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_calls", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", "")]
    [InlineData("tools", ""","tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"word":{"type":"string"}}}}}],"tool_choice":"required" """)]
    [InlineData("logprobs", ""","logprobs":true,"n":2""")]
    public async Task SimulatorsStream_TranslatedTwice_IsTheSimulatorsWholeAnswer(string name, string more)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await PostAsync(simulator, name, $$"""{"model":"gpt-4o","messages":[{"role":"user","content":"How did US states get their names?"}]{{more}}}""");
        var stream = await PostAsync(simulator, name, $$$"""{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"How did US states get their names?"}]{{{more}}}}""");

        var once = Written(ReadStream(stream), stream: true, usage: true);
        var completion = ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(Written(ReadStream(once), stream: false)))!;

        var expected = ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(whole))!;
        Assert.Equal(expected.Content.Select(c => c.Text), completion.Content.Select(c => c.Text));
        Assert.Equal(expected.ToolCalls.Select(c => (c.FunctionName, c.FunctionArguments.ToString())), completion.ToolCalls.Select(c => (c.FunctionName, c.FunctionArguments.ToString())));
        Assert.Equal(expected.FinishReason, completion.FinishReason);
        Assert.Equal(expected.ContentTokenLogProbabilities.Select(t => t.Token), completion.ContentTokenLogProbabilities.Select(t => t.Token));
        Assert.Equal((expected.Usage.InputTokenCount, expected.Usage.OutputTokenCount), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount));
    }

    [Fact]
    public void Calls_OfServersThatDeviate_AreToldApart()
    {
        var parser = new ChatAnswerParser();
        var parts = new List<AnswerPart>();
        foreach (var call in new[]
        {
            """{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}""",
            """{"index":0,"id":"b","function":{"name":"g","arguments":"{\"x\""}}""",
            """{"index":0,"function":{"arguments":":1}"}}""",
            """{"id":"","function":{"name":"h","arguments":"{}"},"index":3}""",
        })
        {
            Assert.True(parser.TryReadEvent(Encoding.UTF8.GetBytes($$$"""{"choices":[{"delta":{"tool_calls":[{{{call}}}]}}]}"""), null, parts));
        }

        Assert.Equal([(0, "f"), (1, "g"), (2, "h")], parts.OfType<ToolStart>().Select(c => (c.Index, c.Name)));
        Assert.Equal("{\"x\":1}", string.Concat(parts.OfType<ToolArguments>().Where(a => a.Index == 1).Select(a => a.Json)));
        Assert.StartsWith("call_", parts.OfType<ToolStart>().Last().Id, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"id":"","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"","function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("""[{"index":0,"function":{"name":"f","arguments":"{\"a\":1}"}},{"index":0,"function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("""[{"index":0,"function":{"name":"f","arguments":"{\"a\""}},{"index":0,"function":{"name":"f","arguments":":1}"}},{"index":0,"function":{"name":"g","arguments":"{}"}}]""")]
    public void Calls_WithoutIds_AreToldApart(string calls)
    {
        var parts = new List<AnswerPart>();

        Assert.True(new ChatAnswerParser().TryReadEvent(Encoding.UTF8.GetBytes($$$"""{"choices":[{"delta":{"tool_calls":{{{calls}}}}}]}"""), null, parts));

        Assert.Equal([(0, "f"), (1, "g")], parts.OfType<ToolStart>().Select(c => (c.Index, c.Name)));
        Assert.Equal(
            ["{\"a\":1}", "{}"],
            parts.OfType<ToolArguments>().GroupBy(a => a.Index).Select(a => string.Concat(a.Select(x => x.Json))));
    }

    [Fact]
    public void Calls_OfCustomTools_AreReadAsArgumentsOfFunctions()
    {
        var whole = Read("""{"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","type":"custom","custom":{"name":"patch","input":"*** \"x\""}}]},"finish_reason":"tool_calls"}]}""");
        var (parser, parts) = (new ChatAnswerParser(), new List<AnswerPart>());
        foreach (var choice in new[]
        {
            """{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"patch","input":""}}]}}""",
            """{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"input":"*** "}}]}}""",
            """{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"input":"\"x\""}}]}}""",
            """{"index":0,"delta":{},"finish_reason":"tool_calls"}""",
        })
        {
            Assert.True(parser.TryReadEvent(Encoding.UTF8.GetBytes($$"""{"choices":[{{choice}}]}"""), null, parts));
            Assert.Equal(new ToolStart(0, "a", "patch"), parts[0]);
        }

        Assert.Equal([new ToolStart(0, "a", "patch"), new ToolArguments(0, """{"input":"*** \"x\""}"""), new Finished(Finish.ToolCalls)], whole);
        Assert.Equal(whole, parts);
    }

    [Theory]
    [InlineData("""{"error":{"message":"slow down","type":"tokens","code":"rate_limit_exceeded"}}""", 429)]
    [InlineData("""{"error":{"message":"slow down","type":"server_error"}}""", 502)]
    [InlineData("""{"error":{"message":"slow down","type":"rate_limit_error"}}""", 429)]
    [InlineData("""{"error":{"message":"slow down","code":429}}""", 429)]
    public void Error_InAStream_IsAFailure(string json, int status)
    {
        var parts = new List<AnswerPart>();

        Assert.True(new ChatAnswerParser().TryReadEvent(Encoding.UTF8.GetBytes(json), null, parts));

        Assert.Equal((status, "slow down"), Assert.IsType<Failed>(Assert.Single(parts)) is var f ? (f.Error.Status, f.Error.Message) : default);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}")]
    [InlineData("{\"choices\":{}}")]
    public void TryReadWhole_NoCompletion_IsFalse(string json) =>
        Assert.False(new ChatAnswerParser().TryReadWhole(Encoding.UTF8.GetBytes(json), []));

    [Theory]
    [InlineData(429, """{"error":{"message":"m","type":"tokens","code":"c"}}""", 429, "tokens", "c", "m")]
    [InlineData(404, """{"error":"no such model"}""", 404, "invalid_request_error", "model_not_found", "no such model")]
    [InlineData(500, "<html>", 502, "provider_error", "provider_unavailable", "The provider 'p' answered with status 500.")]
    public void ReadError_AnyForm_TellsStatusKindAndMessage(int status, string body, int told, string type, string code, string message)
    {
        var error = new OpenAIChatAdapter().ReadError(status, Encoding.UTF8.GetBytes(body), "p");

        Assert.Equal((told, type, code, message), (error.Status, error.Type, error.Code, error.Message));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)] // DeepSeek and OpenRouter: the account has no money left
    [InlineData(403)]
    public void Classify_TheGatewaysOwnAccount_IsNotTheCallersFault(int status) =>
        Assert.Equal(AttemptResult.Unauthorized, new OpenAIChatAdapter().Classify(status, """{"error":{"message":"Insufficient Balance"}}"""u8));

    // OpenAI says 403 of a key's project that may not use a model, of a model asked at another's API, and to places that it does not serve.
    [Theory]
    [InlineData("Project `proj_1` does not have access to model `gpt-4o`", "invalid_request_error", "\"model_not_found\"", AttemptResult.ModelNotFound)]
    [InlineData("You are not allowed to generate embeddings from this model", "invalid_request_error", "null", AttemptResult.ModelNotFound)]
    [InlineData("You are not allowed to use this key", "invalid_request_error", "null", AttemptResult.Unauthorized)]
    [InlineData("Country, region, or territory not supported", "request_forbidden", "\"unsupported_country_region_territory\"", AttemptResult.Unauthorized)]
    public void Classify_Forbidden_TellsTheModelFromTheKey(string message, string type, string code, object result) => Assert.Equal(
        result, new OpenAIChatAdapter().Classify(403, Encoding.UTF8.GetBytes($$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","param":null,"code":{{{code}}}}}""")));

    private static List<AnswerPart> Read(string whole)
    {
        var parts = new List<AnswerPart>();
        Assert.True(new ChatAnswerParser().TryReadWhole(Encoding.UTF8.GetBytes(whole), parts));
        return parts;
    }

    private static List<AnswerPart> ReadStream(string stream)
    {
        var answer = new TranslatedAnswer(new OpenAIChatAdapter());
        using var facts = new AnswerFacts(keepContent: false);
        using var buffer = new PooledBody(16);
        buffer.Append(Encoding.UTF8.GetBytes(stream));
        Assert.True(answer.Read(buffer, facts));
        Assert.Equal(0, buffer.Length);
        return answer.Parts;
    }

    private static string Written(List<AnswerPart> parts, bool stream, bool usage = false, bool legacy = false)
    {
        var request = new ModelRequest { Messages = [], LegacyFunctions = legacy };
        var writer = new ChatProtocol().CreateWriter(new AnswerContext("req_1", "m", DateTimeOffset.FromUnixTimeSeconds(1767225600), request, stream, usage));
        using var output = new PooledBody(16);
        parts.ForEach(part => writer.Add(part, output));
        writer.Complete(output);
        return Encoding.UTF8.GetString(output.Span);
    }

    private static List<string> Events(string stream) => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..])];

    private static async Task<string> PostAsync(SimulatorHost simulator, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", $"sk-{key}");
        using var response = await simulator.Client.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }
}
