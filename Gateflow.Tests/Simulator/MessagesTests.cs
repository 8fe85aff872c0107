using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

public sealed class MessagesTests
{
    private const string Prompt = "Explain how photosynthesis in desert plants differs from photosynthesis in forests";

    [Fact]
    public async Task Messages_PlainQuestion_AnswersAsChatDoesInAnthropicsShape()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var chat = await simulator.AskAsync(Chat.Body("claude-x", Prompt));

        var message = await simulator.CreateAsync(Messages.Body(Prompt));

        Assert.StartsWith("msg_01", message.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("message", message.GetProperty("type").GetString());
        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.Equal("claude-x", message.GetProperty("model").GetString());
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("stop_sequence").ValueKind);
        Assert.Equal(Chat.Text(chat), Messages.Text(message));
        var usage = message.GetProperty("usage");
        Assert.Equal(chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32());
        Assert.Equal(chat.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("cache_creation_input_tokens").GetInt32());
    }

    [Fact]
    public async Task Messages_MaxTokensAndStop_EndWithTheirReasons()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = Messages.Text(await simulator.CreateAsync(Messages.Body(Prompt)));

        var cut = await simulator.CreateAsync(Messages.Body(Prompt).With("max_tokens", "5"));
        var stopped = await simulator.CreateAsync(Messages.Body(Prompt).With("stop_sequences", """["never there", "."]"""));

        Assert.Equal(whole[..20], Messages.Text(cut));
        Assert.Equal("max_tokens", cut.GetProperty("stop_reason").GetString());
        Assert.Equal(5, cut.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal(whole[..whole.IndexOf('.', StringComparison.Ordinal)], Messages.Text(stopped));
        Assert.Equal("stop_sequence", stopped.GetProperty("stop_reason").GetString());
        Assert.Equal(".", stopped.GetProperty("stop_sequence").GetString());
    }

    [Fact]
    public async Task Messages_SystemAndImages_AreReadAndCounted()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Png = "iVBORw0KGgo=";
        var body = Messages.Body("").With("system", """[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind."}]""").With("messages", $$"""
            [{"role":"user","content":[
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{Png}}"} },
              {"type":"image","source":{"type":"url","url":"https://example.test/a.png"} },
              {"type":"text","text":"{{Prompt}}"}]}]
            """);

        var message = await simulator.CreateAsync(body);
        var plain = await simulator.CreateAsync(Messages.Body(Prompt));
        var system = await simulator.CreateAsync(Messages.Body(Prompt).With("system", "\"Be brief.\""));

        Assert.Equal(Messages.Text(plain), Messages.Text(message));
        var tokens = plain.GetProperty("usage").GetProperty("input_tokens").GetInt32();
        Assert.Equal(tokens + (2 * 85) + 3 + 2 + 4, message.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(tokens + 3 + 4, system.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Messages_OutputFormat_AnswersWhatSatisfiesTheSchema()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Schema = """{"type":"object","required":["city"],"additionalProperties":false,"properties":{"city":{"type":"string"}}}""";

        var message = await simulator.CreateAsync(Messages.Body(Prompt).With("output_config", $$"""{"format":{"type":"json_schema","schema":{{Schema}} } }"""));

        Assert.NotEmpty(JsonElement.Parse(Messages.Text(message)).GetProperty("city").GetString()!);
    }

    [Fact]
    public async Task Messages_CacheControl_WritesOnceThenReads()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var system = new string('x', 8000);
        var body = Messages.Body(Prompt).With("system", $$"""[{"type":"text","text":"{{system}}","cache_control":{"type":"ephemeral"} }]""");

        var first = (await simulator.CreateAsync(body)).GetProperty("usage");
        var second = (await simulator.CreateAsync(body)).GetProperty("usage");

        var cached = first.GetProperty("cache_creation_input_tokens").GetInt32();
        Assert.Equal(2000 + 4 + 3, cached);
        Assert.Equal(0, first.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(cached, second.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(0, second.GetProperty("cache_creation_input_tokens").GetInt32());
        Assert.Equal(((Prompt.Length + 3) / 4) + 4, second.GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task CountTokens_SameRequest_CountsWhatMessagesBills()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var billed = (await simulator.CreateAsync(Messages.Body(Prompt))).GetProperty("usage").GetProperty("input_tokens").GetInt32();
        var body = Messages.Body(Prompt);
        using var refused = await simulator.MessageAsync(body, Messages.Path + "/count_tokens");
        body.Remove("max_tokens");
        body.Remove("stream");

        using var counted = await simulator.MessageAsync(body, Messages.Path + "/count_tokens");

        Assert.Equal(billed, (await counted.JsonAsync()).GetProperty("input_tokens").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Messages_WithoutKeyOrVersion_AreRefused()
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.ApiKey = "sk-right");
        using var none = await simulator.PostAsync(Messages.Body(Prompt), Messages.Path);
        var wrong = await simulator.RefusedAsync(Messages.Body(Prompt), 401, "authentication_error");
        simulator.Client.DefaultRequestHeaders.Add("x-api-key", "sk-right");
        using var versionless = await simulator.PostAsync(Messages.Body(Prompt), Messages.Path);
        simulator.Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        using var right = await simulator.PostAsync(Messages.Body(Prompt), Messages.Path);

        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal("invalid x-api-key", wrong);
        Assert.Equal(HttpStatusCode.BadRequest, versionless.StatusCode);
        Assert.Contains("anthropic-version", (await versionless.JsonAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Models_WithAnthropicVersion_AreListedInAnthropicsShape()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        foreach (var id in new[] { "a", "b", "c" })
        {
            await simulator.SetAsync(id, new { quality = 1 });
        }

        simulator.Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        simulator.Client.DefaultRequestHeaders.Add("x-api-key", "any");
        using var page = await simulator.Client.GetAsync("/v1/models?limit=2", TestContext.Current.CancellationToken);
        using var rest = await simulator.Client.GetAsync("/v1/models?limit=2&after_id=b", TestContext.Current.CancellationToken);
        using var one = await simulator.Client.GetAsync("/v1/models/b", TestContext.Current.CancellationToken);

        var first = await page.JsonAsync();
        Assert.Equal(["a", "b"], first.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        Assert.True(first.GetProperty("has_more").GetBoolean());
        Assert.Equal("b", first.GetProperty("last_id").GetString());
        Assert.Equal("c", Assert.Single((await rest.JsonAsync()).GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("model", (await one.JsonAsync()).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("max_tokens", null, "max_tokens: Field required")]
    [InlineData("max_tokens", "0", "max_tokens: Input should be greater than or equal to 1")]
    [InlineData("max_tokens", "\"5\"", "max_tokens: Input should be a valid integer")]
    [InlineData("model", null, "model: Field required")]
    [InlineData("messages", null, "messages: Field required")]
    [InlineData("messages", "[]", "messages: at least one message is required")]
    [InlineData("messages", """[{"role":"system","content":"x"}]""", "messages: first message must use the \"user\" role")]
    [InlineData("messages", """[{"role":"assistant","content":"x"}]""", "messages: first message must use the \"user\" role")]
    [InlineData("messages", """[{"role":"tool","content":"x"}]""", "messages.0.role: Input should be 'user', 'assistant' or 'system'")]
    [InlineData("messages", """[{"role":"user"}]""", "messages.0.content: Field required")]
    [InlineData("messages", """[{"role":"user","content":""}]""", "messages.0: all messages must have non-empty content")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"text","text":""}]}]""", "messages.0.content.0: text content blocks must be non-empty")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]""", "messages.0.content.0: Input tag 'image_url'")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://x"}}]}]""", "Only HTTPS URLs")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"data:x"}}]}]""", "invalid base64 data")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"/9j/4AAQ"}}]}]""", "appears to be a image/jpeg image")]
    [InlineData("messages", """[{"role":"user","content":"x","name":"me"}]""", "messages.0.name: Extra inputs are not permitted")]
    [InlineData("messages", """[{"role":"user","content":"x"},{"role":"assistant","content":"a "}]""", "cannot end with trailing whitespace")]
    [InlineData("temperature", "1.5", "temperature: Input should be less than or equal to 1")]
    [InlineData("stop_sequences", "[\" \"]", "stop_sequences: each stop sequence must contain non-whitespace")]
    [InlineData("stop", "[\"x\"]", "stop: Extra inputs are not permitted")]
    [InlineData("n", "1", "n: Extra inputs are not permitted")]
    [InlineData("gateflow", "{}", "gateflow: Extra inputs are not permitted")]
    [InlineData("metadata", """{"team":"x"}""", "metadata.team: Extra inputs are not permitted")]
    [InlineData("system", "7", "system: Input should be a valid list")]
    [InlineData("output_config", """{"format":{"type":"json_schema","schema":{"type":"object"}}}""", "'additionalProperties' must be explicitly set to false")]
    [InlineData("output_config", """{"format":{"type":"json_object"}}""", "output_config.format.type: Input should be 'json_schema'")]
    [InlineData("thinking", """{"type":"enabled","budget_tokens":500}""", "thinking.budget_tokens: Input should be greater than or equal to 1024")]
    [InlineData("thinking", """{"type":"enabled","budget_tokens":4096}""", "`max_tokens` must be greater than `thinking.budget_tokens`")]
    [InlineData("tool_choice", """{"type":"any"}""", "tool_choice may only be specified while providing tools")]
    public async Task Messages_BadRequest_Is400InAnthropicsWords(string field, string? json, string message)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Messages.Body("hello");
        body.Remove(field);
        if (json is not null)
        {
            body[field] = JsonNode.Parse(json);
        }

        Assert.Contains(message, await simulator.RefusedAsync(body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5-20250929", """{"temperature":0.5,"top_p":0.5}""", "cannot both be specified")]
    [InlineData("claude-opus-5-5", """{"temperature":0.5}""", "`temperature` is not supported")]
    [InlineData("claude-opus-5-5", """{"temperature":1,"top_p":1}""", "cannot both be specified")]
    [InlineData("claude-opus-5-5", """{"temperature":1}""", null)]
    [InlineData("claude-opus-5-5", """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a"}]}""", "prefill")]
    [InlineData("claude-opus-5-5", """{"thinking":{"type":"enabled","budget_tokens":1024}}""", "thinking.type.enabled")]
    [InlineData("claude-opus-4-7", """{"thinking":{"type":"enabled","budget_tokens":1024}}""", "thinking.type.enabled")]
    [InlineData("claude-opus-4-6", """{"thinking":{"type":"enabled","budget_tokens":1024}}""", null)]
    [InlineData("claude-opus-4-6", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}""", null)]
    [InlineData("claude-opus-4-5-20251101", """{"thinking":{"type":"adaptive"}}""", "adaptive thinking is not supported")]
    [InlineData("claude-opus-4-5-20251101", """{"output_config":{"effort":"low"}}""", null)]
    [InlineData("claude-haiku-4-5-20251001", """{"output_config":{"effort":"low"}}""", "does not support the effort parameter")]
    [InlineData("claude-opus-4-8", """{"messages":[{"role":"user","content":"x"},{"role":"system","content":"y"}]}""", null)]
    [InlineData("claude-opus-4-7", """{"messages":[{"role":"user","content":"x"},{"role":"system","content":"y"}]}""", "role 'system' is not supported on this model")]
    [InlineData("claude-3-opus-20240229", """{"max_tokens":4097}""", "max_tokens: 4097 > 4096")]
    [InlineData("claude-3-opus-20240229", """{"temperature":0.5,"top_p":0.5,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a"}]}""", null)]
    public async Task Messages_FamilyOfTheModel_DecidesWhatIsTaken(string model, string change, string? message)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Messages.Body("hello", model);
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject().ToList())
        {
            body[name] = value?.DeepClone();
        }

        if (message is null)
        {
            await simulator.CreateAsync(body);
            return;
        }

        Assert.Contains(message, await simulator.RefusedAsync(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_VersionWithoutSampling_RefusesTemperature()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Messages.Body("hello").With("temperature", "1");

        using var old = await simulator.MessageAsync(body);
        using var now = await simulator.MessageAsync(body, version: "2026-10-21");

        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, now.StatusCode);
    }

    [Theory]
    [InlineData(500, "api_error")]
    [InlineData(529, "overloaded_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(404, "not_found_error")]
    public async Task Messages_ErrorRateOne_AnswersThatStatusInAnthropicsShape(int status, string type)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("claude-x", new { error_rate = 1, error_status = status });

        Assert.NotEmpty(await simulator.RefusedAsync(Messages.Body(Prompt), status, type));
    }

    [Fact]
    public async Task Requests_Messages_AreLoggedWithoutTheKey()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.CreateAsync(Messages.Body("hello", "claude-y"));

        var arrived = Assert.Single(await simulator.RequestsAsync("claude-y"));

        Assert.Equal(Messages.Path, arrived.GetProperty("path").GetString());
        Assert.Equal("***", arrived.GetProperty("headers").GetProperty("x-api-key").GetString());
        Assert.Equal("hello", arrived.GetProperty("body").GetProperty("messages")[0].GetProperty("content").GetString());
    }
}
