using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime.EventStreams;
using Gateflow.Gateway.Providers.Bedrock;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Simulator;

/// <summary>The simulator as Bedrock. Its signatures are checked against those of the gateway, its streams by AWS's own decoder.</summary>
public sealed class BedrockTests
{
    private const string Model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Prompt = "Explain how tides work";
    private const string Hi = """{"role":"user","content":[{"text":"Hi"}]}""";
    private const string Call = """{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"f","input":{}}}]}""";
    private const string Result = """{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"x"}]}}]}""";
    private const string Tools = ""","toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}""";
    private const string Png = "iVBORw0KGgo=";

    [Fact]
    public async Task Converse_Text_AnswersAsTheOtherProtocolsDo()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await AskAsync(simulator, $$"""{"messages":[{"role":"user","content":[{"text":"{{Prompt}}"}]}]}""");

        Assert.Equal(await simulator.TextAsync(Model, Prompt), answer.GetProperty("output").GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("end_turn", answer.GetProperty("stopReason").GetString());
        var usage = answer.GetProperty("usage");
        Assert.Equal(usage.GetProperty("totalTokens").GetInt32(), usage.GetProperty("inputTokens").GetInt32() + usage.GetProperty("outputTokens").GetInt32());
    }

    [Fact]
    public async Task ConverseStream_DecodedByAws_TellsTheSameAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var response = await PostAsync(simulator, $$"""{"messages":[{"role":"user","content":[{"text":"{{Prompt}}"}]}]}""", stream: true);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var events = new List<(string Type, JsonElement Data)>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var message = EventStreamMessage.FromBuffer(bytes[at..(at + length)], 0, length);
            Assert.Equal("event", message.Headers[":message-type"].AsString());
            events.Add((message.Headers[":event-type"].AsString(), JsonElement.Parse(message.Payload)));
            at += length;
        }

        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"], events.Select(one => one.Type).Distinct());
        Assert.Equal(
            await simulator.TextAsync(Model, Prompt),
            string.Concat(events.Where(one => one.Type == "contentBlockDelta").Select(one => one.Data.GetProperty("delta").GetProperty("text").GetString())));
    }

    [Theory]
    [InlineData("A conversation must start with a user message", """{"role":"assistant","content":[{"text":"Hi"}]}""")]
    [InlineData("must alternate between user and assistant roles", Hi + "," + Hi)]
    [InlineData("is blank", """{"role":"user","content":[{"text":" "}]}""")]
    [InlineData("is empty", """{"role":"user","content":[]}""")]
    [InlineData("toolConfig field must be defined", Hi + "," + Call + "," + Result)]
    [InlineData("Expected toolResult blocks at messages.2.content for the following Ids: t1", Hi + "," + Call + "," + Hi, Tools)]
    [InlineData("exceeds the number of toolUse blocks", Hi + ",{\"role\":\"assistant\",\"content\":[{\"text\":\"x\"}]}," + Result, Tools)]
    [InlineData("enum value set: [gif, jpeg, png, webp]", """{"role":"user","content":[{"image":{"format":"bmp","source":{"bytes":"AAAA"}}}]}""")]
    [InlineData("appears to be a image/png", """{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"iVBORw0KGgo="}}}]}""")]
    [InlineData("extraneous key [url]", """{"role":"user","content":[{"image":{"format":"png","source":{"url":"https://x"}}}]}""")]
    [InlineData("exactly one of", """{"role":"user","content":[{"text":"a","image":{}}]}""")]
    [InlineData("document file name", """{"role":"user","content":[{"text":"a"},{"document":{"format":"pdf","name":"a.pdf","source":{"bytes":"AAAA"}}}]}""")]
    [InlineData("has a document and no text", """{"role":"user","content":[{"document":{"format":"pdf","name":"a","source":{"bytes":"AAAA"}}}]}""")]
    [InlineData("less than or equal to 1", Hi, ",\"inferenceConfig\":{\"temperature\":1.5}")]
    [InlineData("extraneous key [seed]", Hi, ",\"seed\":1")]
    [InlineData("extraneous key [k]", Hi, ",\"additionalModelRequestFields\":{\"k\":1}")]
    [InlineData("extraneous key [effort]", Hi, ",\"outputConfig\":{\"effort\":\"low\"}")]
    [InlineData("enum value set: [low, medium, high, xhigh, max]", Hi, ",\"additionalModelRequestFields\":{\"output_config\":{\"effort\":\"tiny\"}}")]
    [InlineData("at least one tool", Hi, ",\"toolConfig\":{\"tools\":[]}")]
    [InlineData("additionalProperties", Hi, ""","outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}"}}}}""")]
    public async Task Converse_WhatBedrockRefuses_IsRefused(string words, string messages, string more = "")
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await PostAsync(simulator, $$"""{"messages":[{{messages}}]{{more}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("ValidationException:", response.Headers.GetValues("x-amzn-ErrorType").Single(), StringComparison.Ordinal);
        Assert.Contains(words, (await response.JsonAsync()).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amazon.nova-2-lite-v1:0", "high", "", null)]
    [InlineData("amazon.nova-2-lite-v1:0", "medium", ",\"inferenceConfig\":{\"maxTokens\":100,\"topP\":0.5}", null)]
    [InlineData("amazon.nova-2-lite-v1:0", "high", ",\"inferenceConfig\":{\"maxTokens\":100}", "`maxTokens` may not be set")]
    [InlineData("amazon.nova-2-lite-v1:0", "high", ",\"inferenceConfig\":{\"topP\":0.5}", "`topP` may not be set")]
    [InlineData("us.amazon.nova-pro-v1:0", "low", "", "reasoning config value is invalid")]
    public async Task Converse_EffortOfNova_IsTakenByTheSecondGenerationOnly(string model, string effort, string more, string? refusal)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = $$$"""{"messages":[{{{Hi}}}],"additionalModelRequestFields":{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"{{{effort}}}"}}{{{more}}}}""";

        using var response = await PostAsync(simulator, body, model: model);

        Assert.Equal(refusal is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(refusal ?? "reasoningContent", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Converse_ImagesToolsAndEveryField_AreTaken()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await AskAsync(
            simulator,
            $$$$"""
            {"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"messages":[
               {"role":"user","content":[{"text":"Hi"},{"image":{"format":"png","source":{"bytes":"{{{{Png}}}}"} } }]},{{{{Call}}}},{{{{Result}}}}],
             "inferenceConfig":{"maxTokens":3000,"stopSequences":["END"]},"serviceTier":{"type":"default"},"requestMetadata":{"a":"b"},
             "additionalModelResponseFieldPaths":["/stop_sequence"]{{{{Tools}}}}}
            """);

        Assert.Equal("end_turn", answer.GetProperty("stopReason").GetString());
        Assert.True(answer.TryGetProperty("additionalModelResponseFields", out _));
    }

    [Theory]
    [InlineData(0, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "bedrock", null)]
    [InlineData(4, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "bedrock", null)]
    [InlineData(6, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "bedrock", "InvalidSignatureException")]
    [InlineData(0, "AKIDEXAMPLE", "another", "bedrock", "InvalidSignatureException")]
    [InlineData(0, "AKIDNOBODY", "another", "bedrock", "UnrecognizedClientException")]
    [InlineData(0, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "s3", "InvalidSignatureException")]
    [InlineData(0, null, "", "", "MissingAuthenticationTokenException")]
    public async Task Converse_Signature_IsChecked(int minutesOld, string? keyId, string secret, string service, string? error)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 28, 10, 0, 0, TimeSpan.Zero));
        await using var simulator = await SimulatorHost.StartAsync(options => options.Clock = clock);
        var body = $$"""{"messages":[{{Hi}}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/model/{Uri.EscapeDataString(Model)}/converse") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (keyId is not null)
        {
            var scope = new SigningScope(clock.GetUtcNow().AddMinutes(-minutesOld), "eu-central-1", service);
            var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(body)));
            request.Headers.TryAddWithoutValidation("x-amz-date", scope.Timestamp);
            request.Headers.TryAddWithoutValidation("Authorization", SignatureV4.Authorization(
                "POST", $"/model/{Uri.EscapeDataString(Model)}/converse", [("host", new Uri(simulator.Root).Authority), ("x-amz-date", scope.Timestamp)], hash, new AwsCredentials(keyId, secret), scope));
        }

        using var response = await simulator.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(error is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(error, error is null ? null : response.Headers.GetValues("x-amzn-ErrorType").Single().Split(':')[0]);
    }

    private static Task<HttpResponseMessage> PostAsync(SimulatorHost simulator, string body, bool stream = false, string model = Model)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/model/{Uri.EscapeDataString(model)}/converse{(stream ? "-stream" : "")}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", "any") },
        };
        return simulator.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> AskAsync(SimulatorHost simulator, string body)
    {
        using var response = await PostAsync(simulator, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }
}
