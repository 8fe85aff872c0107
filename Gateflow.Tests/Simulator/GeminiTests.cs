using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

public sealed class GeminiTests
{
    private const string Prompt = "Explain how photosynthesis in desert plants differs from photosynthesis in forests";

    [Fact]
    public async Task Generate_PlainQuestion_AnswersAsChatDoesInGooglesShape()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var chat = await simulator.AskAsync(Chat.Body("gemini-x", Prompt));

        var answer = await simulator.GeneratedAsync(Gemini.Body(Prompt));

        Assert.Equal(Chat.Text(chat), Gemini.Text(answer));
        Assert.Equal("STOP", Gemini.First(answer).GetProperty("finishReason").GetString());
        Assert.Equal("model", Gemini.First(answer).GetProperty("content").GetProperty("role").GetString());
        Assert.Equal("gemini-x", answer.GetProperty("modelVersion").GetString());
        var usage = answer.GetProperty("usageMetadata");
        Assert.Equal(chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("promptTokenCount").GetInt32());
        Assert.Equal(chat.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), usage.GetProperty("candidatesTokenCount").GetInt32());
        Assert.Equal(chat.GetProperty("usage").GetProperty("total_tokens").GetInt32(), usage.GetProperty("totalTokenCount").GetInt32());
        Assert.False(usage.TryGetProperty("thoughtsTokenCount", out _));
    }

    [Fact]
    public async Task Generate_LimitStopAndSeveral_AreHonoured()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = Gemini.Text(await simulator.GeneratedAsync(Gemini.Body(Prompt)));

        var cut = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generationConfig", """{"maxOutputTokens":5}"""));
        var stopped = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generation_config", """{"stop_sequences":["."]}"""));
        var three = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generationConfig", """{"candidateCount":3}"""));

        Assert.Equal(whole[..20], Gemini.Text(cut));
        Assert.Equal("MAX_TOKENS", Gemini.First(cut).GetProperty("finishReason").GetString());
        Assert.Equal(whole[..whole.IndexOf('.', StringComparison.Ordinal)], Gemini.Text(stopped));
        Assert.Equal([0, 1, 2], three.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task Generate_SystemAndImages_AreReadAndCounted()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var plain = (await simulator.GeneratedAsync(Gemini.Body(Prompt))).GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32();

        var answer = await simulator.GeneratedAsync(Gemini.Body("").With("systemInstruction", """{"parts":[{"text":"Be brief."}]}""").With("contents", $$"""
            [{"role":"user","parts":[{"text":"{{Prompt}}"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="} },{"fileData":{"fileUri":"gs://a/b.png"} }]}]
            """));

        Assert.Equal(plain + 4 + 3 + (2 * 85), answer.GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32());
    }

    [Theory]
    [InlineData("""{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","required":["city"],"properties":{"city":{"type":"STRING"},"days":{"type":"INTEGER"}}}}""")]
    [InlineData("""{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","additionalProperties":false,"properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}""")]
    public async Task Generate_Schema_AnswersWhatSatisfiesIt(string config)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generationConfig", config));

        var json = JsonElement.Parse(Gemini.Text(answer));
        Assert.NotEmpty(json.GetProperty("city").GetString()!);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("days").ValueKind);
    }

    [Fact]
    public async Task Generate_Thinking_IsCountedApartAndShownWhenAsked()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var hidden = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generationConfig", """{"thinkingConfig":{"thinkingLevel":"low"}}"""), "gemini-3-flash");
        var shown = await simulator.GeneratedAsync(Gemini.Body(Prompt).With("generationConfig", """{"thinkingConfig":{"thinkingBudget":12,"includeThoughts":true}}"""), "gemini-2.5-flash");

        var usage = hidden.GetProperty("usageMetadata");
        Assert.Equal(20, usage.GetProperty("thoughtsTokenCount").GetInt32());
        Assert.Equal(
            usage.GetProperty("promptTokenCount").GetInt32() + usage.GetProperty("candidatesTokenCount").GetInt32() + 20,
            usage.GetProperty("totalTokenCount").GetInt32());
        Assert.Single(Gemini.Parts(hidden));
        Assert.True(Gemini.Parts(shown)[0].GetProperty("thought").GetBoolean());
        Assert.Equal(12, shown.GetProperty("usageMetadata").GetProperty("thoughtsTokenCount").GetInt32());
    }

    [Fact]
    public async Task Generate_LongPromptTwice_ReadsItsBeginningFromTheCache()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var prompt = new string('x', 6000);

        var first = await simulator.GeneratedAsync(Gemini.Body(prompt + "a"));
        var second = await simulator.GeneratedAsync(Gemini.Body(prompt + "b"));

        Assert.False(first.GetProperty("usageMetadata").TryGetProperty("cachedContentTokenCount", out _));
        Assert.Equal(1024, second.GetProperty("usageMetadata").GetProperty("cachedContentTokenCount").GetInt32());
    }

    [Fact]
    public async Task Stream_Sse_SendsTheSameTextInChunksAndFinishesWithUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.GeneratedAsync(Gemini.Body(Prompt));

        using var response = await simulator.GenerateAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x", "streamGenerateContent") + "?alt=sse");
        var chunks = await ChunksAsync(response);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.True(chunks.Count > 3);
        Assert.Equal(Gemini.Text(whole), string.Concat(chunks.Select(Gemini.Text)));
        Assert.All(chunks[..^1], chunk => Assert.False(Gemini.First(chunk).TryGetProperty("finishReason", out _)));
        Assert.Equal("STOP", Gemini.First(chunks[^1]).GetProperty("finishReason").GetString());
        Assert.Equal(whole.GetProperty("usageMetadata").GetRawText(), chunks[^1].GetProperty("usageMetadata").GetRawText());
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("responseId").GetString()).Distinct());
    }

    [Fact]
    public async Task Stream_WithoutAltSse_IsAJsonArray()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.GenerateAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x", "streamGenerateContent"));

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var chunks = (await response.JsonAsync()).EnumerateArray().ToList();
        Assert.Equal(Gemini.Text(await simulator.GeneratedAsync(Gemini.Body(Prompt))), string.Concat(chunks.Select(Gemini.Text)));
    }

    [Fact]
    public async Task Stream_Failing_EndsWithAnErrorAndBrokenBreaks()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gemini-x", new { stream_error_rate = 1, error_status = 503 });
        using var failing = await simulator.GenerateAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x", "streamGenerateContent") + "?alt=sse");
        var chunks = await ChunksAsync(failing);

        await simulator.SetAsync("gemini-x", new { stream_error_rate = 0, broken_stream_rate = 1 });
        using var broken = await simulator.GenerateAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x", "streamGenerateContent") + "?alt=sse");

        Assert.NotEmpty(Gemini.Text(chunks[0]));
        Assert.Equal("UNAVAILABLE", chunks[^1].GetProperty("error").GetProperty("status").GetString());
        await Assert.ThrowsAnyAsync<Exception>(() => broken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task CountTokens_EitherForm_CountsWhatGenerateBills()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var billed = (await simulator.GeneratedAsync(Gemini.Body(Prompt))).GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32();

        using var plain = await simulator.GenerateAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x", "countTokens"));
        using var inner = await simulator.GenerateAsync(new JsonObject { ["generateContentRequest"] = Gemini.Body(Prompt) }, Gemini.Path("gemini-x", "countTokens"));

        Assert.Equal(billed, (await plain.JsonAsync()).GetProperty("totalTokens").GetInt32());
        Assert.Equal(billed, (await inner.JsonAsync()).GetProperty("totalTokens").GetInt32());
    }

    [Fact]
    public async Task Vertex_BearerToken_AnswersUnderItsPathAndRefusesKeys()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Path = "/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-x:generateContent";
        using var key = await simulator.GenerateAsync(Gemini.Body(Prompt), Path);
        simulator.Client.DefaultRequestHeaders.Add("Authorization", "Bearer ya29.any");

        using var token = await simulator.Client.PostAsJsonAsync(Path, Gemini.Body(Prompt), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, key.StatusCode);
        Assert.Equal("UNAUTHENTICATED", (await key.JsonAsync()).GetProperty("error").GetProperty("status").GetString());
        Assert.NotEmpty(Gemini.Text(await token.JsonAsync()));
    }

    [Fact]
    public async Task Requests_Gemini_AreLoggedWithTheModelOfThePathAndWithoutTheKey()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        (await simulator.GenerateAsync(Gemini.Body("hello"), Gemini.Path("gemini-y", "streamGenerateContent") + "?alt=sse")).Dispose();

        var arrived = Assert.Single(await simulator.RequestsAsync("gemini-y"));

        Assert.True(arrived.GetProperty("stream").GetBoolean());
        Assert.Equal("***", arrived.GetProperty("headers").GetProperty("x-goog-api-key").GetString());
    }

    [Fact]
    public async Task Generate_WithoutOrWithAWrongKey_IsRefused()
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.ApiKey = "right");

        using var none = await simulator.PostAsync(Gemini.Body(Prompt), Gemini.Path("gemini-x"));
        var wrong = await simulator.NotGeneratedAsync(Gemini.Body(Prompt));

        Assert.Equal(HttpStatusCode.Forbidden, none.StatusCode);
        Assert.StartsWith("API key not valid", wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "RESOURCE_EXHAUSTED")]
    [InlineData(500, "INTERNAL")]
    [InlineData(503, "UNAVAILABLE")]
    public async Task Generate_ErrorRateOne_AnswersThatStatusInGooglesShape(int code, string status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gemini-x", new { error_rate = 1, error_status = code });

        Assert.NotEmpty(await simulator.NotGeneratedAsync(Gemini.Body(Prompt), code: code, status: status));
    }

    [Theory]
    [InlineData("contents", null, "gemini-x", "contents is not specified")]
    [InlineData("messages", "[]", "gemini-x", "Unknown name \"messages\": Cannot find field.")]
    [InlineData("gateflow", "{}", "gemini-x", "Unknown name \"gateflow\"")]
    [InlineData("contents", """[{"role":"assistant","parts":[{"text":"x"}]}]""", "gemini-x", "Please use a valid role: user, model.")]
    [InlineData("contents", """[{"role":"user","parts":[]}]""", "gemini-x", "must not be empty")]
    [InlineData("contents", """[{"role":"user","content":"x"}]""", "gemini-x", "Unknown name \"content\" at 'contents[0]'")]
    [InlineData("contents", """[{"role":"user","parts":[{"type":"text","text":"x"}]}]""", "gemini-x", "Unknown name \"type\" at 'contents[0].parts[0]'")]
    [InlineData("contents", """[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"data:x"}}]}]""", "gemini-x", "Base64 decoding failed")]
    [InlineData("generationConfig", """{"max_tokens":5}""", "gemini-x", "Unknown name \"max_tokens\" at 'generation_config'")]
    [InlineData("generationConfig", """{"temperature":"hot"}""", "gemini-x", "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\"")]
    [InlineData("generationConfig", """{"temperature":3}""", "gemini-x", "must be in the range [0, 2]")]
    [InlineData("generationConfig", """{"stopSequences":["a","b","c","d","e","f"]}""", "gemini-x", "at most 5")]
    [InlineData("generationConfig", """{"responseSchema":{"type":"OBJECT"}}""", "gemini-x", "response mime type: 'text/plain' is unsupported")]
    [InlineData("generationConfig", """{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","additionalProperties":false}}""", "gemini-x", "Unknown name \"additionalProperties\" at 'generation_config.response_schema'")]
    [InlineData("generationConfig", """{"responseMimeType":"application/json","responseSchema":{"type":["STRING","NULL"]}}""", "gemini-x", "Proto field is not repeating, cannot start list")]
    [InlineData("generationConfig", """{"presencePenalty":1}""", "gemini-2.5-flash", "Penalty is not enabled")]
    [InlineData("generationConfig", """{"thinkingConfig":{"thinkingLevel":"low"}}""", "gemini-2.5-flash", "Thinking level is not supported")]
    [InlineData("generationConfig", """{"thinkingConfig":{"thinkingLevel":"low","thinkingBudget":5}}""", "gemini-3-pro", "only one of thinking budget and thinking level")]
    [InlineData("generationConfig", """{"thinkingConfig":{"thinkingBudget":0}}""", "gemini-2.5-pro", "Budget 0 is invalid")]
    [InlineData("toolConfig", """{"functionCallingConfig":{"mode":"ANY"}}""", "gemini-x", "without function_declarations")]
    public async Task Generate_BadRequest_Is400InGooglesWords(string field, string? json, string model, string message)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Gemini.Body("hello");
        body.Remove(field);
        if (json is not null)
        {
            body[field] = JsonNode.Parse(json);
        }

        Assert.Contains(message, await simulator.NotGeneratedAsync(body, model), StringComparison.Ordinal);
    }

    private static async Task<List<JsonElement>> ChunksAsync(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("\r\n\r\n", stream, StringComparison.Ordinal);
        return [.. stream.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries).Select(block =>
        {
            Assert.StartsWith("data: ", block, StringComparison.Ordinal);
            return JsonElement.Parse(block["data: ".Length..]);
        })];
    }
}
