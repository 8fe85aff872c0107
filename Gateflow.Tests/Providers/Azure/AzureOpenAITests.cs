using System.ClientModel;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Gateflow.Tests.Providers.Azure;

/// <summary>The official OpenAI SDK for .NET, through the gateway, before a deployment at Azure.</summary>
public sealed class AzureOpenAITests
{
    private const string Prompt = "Explain how tides work";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "", "/openai/deployments/my-gpt/chat/completions")]
    [InlineData("2025-01-01-preview", "/openai/", "/openai/deployments/my-gpt/chat/completions")]
    [InlineData("v1", "", "/openai/v1/chat/completions")]
    [InlineData("preview", "/", "/openai/v1/chat/completions")]
    [InlineData(null, "/openai/v1/", "/openai/v1/chat/completions")]
    public async Task CompleteChat_EverySurface_AnswersByTheCallersName(string? version, string path, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, version, path);

        ChatCompletion completion = await Client(host).GetChatClient("gpt").CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.Equal((await simulator.TextAsync("my-gpt", Prompt), "gpt"), (completion.Content[0].Text, completion.Model));
        var record = await host.RecordAsync();
        Assert.Equal((completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, "azureopenai"), (record.InputTokens, record.OutputTokens, record.Provider));
        Assert.Equal(expected, (await simulator.RequestsAsync("my-gpt"))[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task CompleteChatStreaming_FirstChunkHasNoChoices_ReadsTextAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var (text, usage) = (new StringBuilder(), default(ChatTokenUsage));

        await foreach (var update in Client(host).GetChatClient("gpt").CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
            Assert.Equal("gpt", update.Model);
        }

        Assert.Equal(await simulator.TextAsync("my-gpt", Prompt), text.ToString());
        var record = await host.RecordAsync();
        Assert.Equal((usage!.InputTokenCount, usage.OutputTokenCount, OutcomeKind.Success), (record.InputTokens, record.OutputTokens, record.Outcome));
    }

    [Fact]
    public async Task GenerateEmbeddings_OfADeployment_GetsVectors()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        OpenAIEmbedding embedding = await Client(host).GetEmbeddingClient("gpt").GenerateEmbeddingAsync(Prompt, cancellationToken: Cancel);

        Assert.NotEqual(0, embedding.ToFloats().Length);
        Assert.Equal("/openai/deployments/my-gpt/embeddings", Assert.Single(await simulator.RequestsAsync("my-gpt")).GetProperty("path").GetString());
    }

    [Fact]
    public async Task Response_OnTheV1Surface_PassesThrough()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "v1");

        using var response = await host.PostToAsync("/v1/responses", $$"""{"model":"gpt","input":"{{Prompt}}"}""");

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("gpt", body.GetProperty("model").GetString());
        Assert.Equal("/openai/v1/responses", (await simulator.RequestsAsync("my-gpt"))[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task CompleteChat_ModelOfTheResponsesApiAlone_IsAskedThere()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartCodexAsync(new Uri(simulator.Root), "v1");

        ChatCompletion completion = await Client(host).GetChatClient("gpt-5.1-codex").CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.NotEmpty(completion.Content[0].Text);
        Assert.Equal("/openai/v1/responses", (await simulator.RequestsAsync("my-deployment"))[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Post_ModelOfTheResponsesApiAloneOnTheSurfaceWithDates_IsRefusedHere()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartCodexAsync(new Uri(upstream.Root()), version: null);

        using var response = await host.PostAsync(GatewayHost.Chat("gpt-5.1-codex"));

        await RefusalTests.AssertErrorAsync(response, "invalid_request_error", "protocol_not_available", "model");
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("v1", "gpt-5.1-codex", false, Protocol.Responses)]
    [InlineData("v1", "gpt-6.1-sol", true, Protocol.Responses)]
    [InlineData("v1", "gpt-6.1-sol", false, Protocol.Chat)]
    [InlineData("v1", "gpt-4o", true, Protocol.Chat)]
    [InlineData(null, "gpt-4o", true, Protocol.Chat)]
    [InlineData(null, "gpt-6.1-sol", true, null)]
    public void Find_Deployment_HasTheApisOfTheModelBehindIt(string? version, string model, bool withTools, object? api)
    {
        var provider = new ProviderEndpoint { Name = "azure", Type = ProviderType.AzureOpenAI, BaseUrl = new Uri("https://a.example"), ApiVersion = version };
        var endpoint = new ModelEndpoint(provider, "my-deployment") { Facts = CatalogModel.Unknown("azure-openai", model) };

        Assert.Equal(api, ProviderAdapters.Find(endpoint, Protocol.Chat, withTools)?.Native);
    }

    [Fact]
    public void Find_NameThatTheCatalogDoesNotKnow_IsAskedByChat()
    {
        var provider = new ProviderEndpoint { Name = "azure", Type = ProviderType.AzureOpenAI, BaseUrl = new Uri("https://a.example"), Deployments = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create("deep-research", "gpt-4o-prod")]) };

        Assert.Equal(Protocol.Chat, ProviderAdapters.Find(new ModelEndpoint(provider, "gpt-4o-prod"), Protocol.Chat, false)?.Native);
    }

    [Fact]
    public async Task Post_HeadersAndModel_AreTheDeploymentsOwn()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt", ProviderType.AzureOpenAI, new Uri(host.Upstream.Root()), "my gpt");

        (await host.PostAsync(GatewayHost.Chat("gpt"), ("OpenAI-Organization", "org"))).Dispose();

        var sent = Assert.Single(host.Upstream.Requests);
        Assert.Equal("/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21", sent.Path);
        Assert.Equal("sk-provider", sent.Headers["api-key"]);
        Assert.DoesNotContain(sent.Headers.Keys, name => name is "Authorization" or "OpenAI-Organization");
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", OutcomeKind.Policy)]
    [InlineData(400, """{"error":{"message":"Unknown parameter","type":"invalid_request_error","param":"x","code":"unknown_parameter"}}""", OutcomeKind.ClientFault)]
    public async Task Post_Refused_ContentFilterIsPolicy(int status, string error, OutcomeKind expected)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt", ProviderType.AzureOpenAI, new Uri(host.Upstream.Root()), "my-gpt");
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, status, error);

        using var response = await host.PostAsync(GatewayHost.Chat("gpt"));

        Assert.Equal((status, error), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(expected, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"No deployment"}}""", "model_not_found", "No deployment")]
    [InlineData(400, """{"error":{"message":"Filtered","code":"content_filter"}}""", "content_policy_violation", "Filtered")]
    [InlineData(429, """{"error":{"code":"429","message":"Slow down"}}""", "rate_limit_exceeded", "Slow down")]
    public void ReadError_AzuresCodes_AreToldInTheUsualWords(int status, string error, string code, string message)
    {
        var adapter = ProviderAdapters.Find(
            new ModelEndpoint(new ProviderEndpoint { Name = "azure", Type = ProviderType.AzureOpenAI, BaseUrl = new Uri("https://a.example") }, "d"), Protocol.Messages)!;

        var read = adapter.ReadError(status, Encoding.UTF8.GetBytes(error), "azure");

        Assert.Equal((status, code, message), (read.Status, read.Code, read.Message));
    }

    [Fact]
    public async Task CompleteChat_DeploymentIsGone_IsTheSdksException()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("my-gpt", new { exists = false });
        await using var host = await StartAsync(simulator);

        var fault = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(host).GetChatClient("gpt").CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel));

        Assert.Equal(404, fault.Status);
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string? version = null, string path = "")
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("gpt", ProviderType.AzureOpenAI, new Uri(simulator.Root + path), "my-gpt", provider => provider with { ApiVersion = version });
        return host;
    }

    private static async Task<GatewayHost> StartCodexAsync(Uri root, string? version)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("gpt-5.1-codex", ProviderType.AzureOpenAI, root, "my-deployment", provider => provider with
        {
            ApiVersion = version, Deployments = new Dictionary<string, string> { ["gpt-5.1-codex"] = "my-deployment" }.ToFrozenDictionary(),
        }, ModelCatalog.Embedded.Find("gpt-5.1-codex"));
        return host;
    }

    private static OpenAIClient Client(GatewayHost host) =>
        new(new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") });
}
