using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gateflow.Tests.Management;
using Gateflow.Tests.Simulator;
using static Gateflow.Tests.Fallbacks.FallbackHost;

namespace Gateflow.Tests.Fallbacks;

/// <summary>A chain that leads from one protocol to another: callers keep their own.</summary>
public sealed class MixedProvidersTests(MixedProvidersTests.Shared shared) : IClassFixture<MixedProvidersTests.Shared>
{
    private const string Claude = "claude-sonnet-4-5-20250929";

    [Fact]
    public async Task Messages_AnthropicIsDown_OpenAIsModelAnswersAsAMessage()
    {
        using var response = await AskAsync(stream: false);

        Assert.Equal(("gpt-4o", "sim", "provider_error"), Told(response));
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.Equal(("message", "gpt-4o"), (ManagedGateflow.Text(answer, "type"), ManagedGateflow.Text(answer, "model")));
        Assert.NotEmpty(ManagedGateflow.Text(answer["content"]![0]!, "text"));
        Assert.Equal((Claude, "gpt-4o"), (ManagedGateflow.Text(answer["gateflow"]!["fallback"]!, "original_model"), ManagedGateflow.Text(answer["gateflow"]!["fallback"]!, "fallback_model")));
    }

    [Fact]
    public async Task Messages_StreamOfAnthropicFailsBeforeItBegins_OpenAIsModelStreamsMessagesEvents()
    {
        using var response = await AskAsync(stream: true);

        Assert.Equal(("gpt-4o", "sim", "provider_error"), Told(response));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("event: message_start", text, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"gpt-4o\"", text, StringComparison.Ordinal);
        Assert.Contains("event: message_stop", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_ChainsModelCannotBeToldTheRequest_CallerGetsTheFailureBefore()
    {
        var body = Messages.Body("", Claude).With("messages", """[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}]}]""");

        using var response = await shared.Gateflow.Host.Client.PostAsJsonAsync(new Uri("/v1/messages", UriKind.Relative), body, TestContext.Current.CancellationToken);

        Assert.Equal((System.Net.HttpStatusCode.ServiceUnavailable, (Claude, "ant", null)), (response.StatusCode, Told(response)));
    }

    private Task<HttpResponseMessage> AskAsync(bool stream) => shared.Gateflow.Host.Client.PostAsJsonAsync(
        new Uri("/v1/messages", UriKind.Relative), Messages.Body("What is the capital of France?", Claude, stream), TestContext.Current.CancellationToken);

    public sealed class Shared : IAsyncLifetime
    {
        public ManagedGateflow Gateflow { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Outbound:AllowedNetworks"] = "127.0.0.0/8" });
            await Gateflow.MustAsync("POST", "/providers", $$"""{"name": "ant", "type": "anthropic", "base_url": "{{Gateflow.Simulator.Root}}", "api_key": "sk-ant-any", "models": ["{{Claude}}"]}""");
            await Gateflow.MustAsync("POST", "/fallback-chains", $$"""{"primary": "{{Claude}}", "fallbacks": ["gpt-4o"]}""");
            await Gateflow.Simulator.SetAsync(Claude, new { error_rate = 1.0, error_status = 503 });
        }

        public ValueTask DisposeAsync() => Gateflow.DisposeAsync();
    }
}
