using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateflow.Tests.Simulator;

public sealed class AzureTests
{
    private const string Prompt = "Explain how tides work";
    private const string Path = "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21";

    [Fact]
    public async Task Chat_OfADeployment_AnswersAsTheModelOfItsName()
    {
        await using var simulator = await StartAsync();

        var completion = await simulator.AskAsync(Chat.Body("ignored", Prompt), Path);
        var nameless = await simulator.AskAsync(new { messages = new[] { new { role = "user", content = Prompt } } }, Path);

        Assert.Equal(await simulator.TextAsync("my-gpt", Prompt), Chat.Text(completion));
        Assert.Equal(Chat.Text(completion), Chat.Text(nameless));
        Assert.Equal("my-gpt", completion.GetProperty("model").GetString());
        Assert.Equal("safe", Chat.Choice(completion).GetProperty("content_filter_results").GetProperty("hate").GetProperty("severity").GetString());
        Assert.Equal(0, completion.GetProperty("prompt_filter_results")[0].GetProperty("prompt_index").GetInt32());
    }

    [Fact]
    public async Task Stream_OfADeployment_BeginsWithAChunkWithoutChoices()
    {
        await using var simulator = await StartAsync();

        using var response = await simulator.PostAsync(Chat.Body("ignored", Prompt, stream: true), Path);
        var events = Chat.Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        var chunks = events[..^1].Select(data => JsonElement.Parse(data)).ToList();
        Assert.Equal(0, chunks[0].GetProperty("choices").GetArrayLength());
        Assert.Equal("", chunks[0].GetProperty("model").GetString());
        Assert.Equal(
            await simulator.TextAsync("my-gpt", Prompt),
            string.Concat(chunks[1..^1].Select(chunk => Chat.Choice(chunk).GetProperty("delta").GetProperty("content").GetString())));
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task V1_BodyNamesTheDeployment_AnswersChatResponsesAndEmbeddings()
    {
        await using var simulator = await StartAsync();

        var chat = await simulator.AskAsync(Chat.Body("my-gpt", Prompt), "/openai/v1/chat/completions");
        var response = await simulator.AskAsync(new { model = "my-gpt", input = Prompt }, "/openai/v1/responses");
        var embedding = await simulator.AskAsync(new { input = Prompt }, "/openai/deployments/my-embedding/embeddings?api-version=2024-10-21");

        Assert.Equal(Chat.Text(chat), response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("my-embedding", embedding.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Chat_WithoutKeyVersionOrDeployment_IsRefusedInAzuresWords()
    {
        await using var simulator = await StartAsync();
        await simulator.SetAsync("gone", new { exists = false });
        using var stranger = new HttpClient { BaseAddress = new Uri(simulator.Root) };

        using var keyless = await stranger.PostAsJsonAsync(Path, Chat.Body("m", Prompt), TestContext.Current.CancellationToken);
        using var versionless = await simulator.PostAsync(Chat.Body("m", Prompt), "/openai/deployments/my-gpt/chat/completions");
        using var wrong = await simulator.PostAsync(Chat.Body("m", Prompt), "/openai/deployments/my-gpt/chat/completions?api-version=v1");
        using var gone = await simulator.PostAsync(Chat.Body("m", Prompt), "/openai/deployments/gone/chat/completions?api-version=2024-10-21");
        using var unknown = await simulator.PostAsync(new { messages = new[] { new { role = "user", content = "x" } }, gateflow = 1 }, Path);

        Assert.Equal((HttpStatusCode.Unauthorized, "401"), await RefusalAsync(keyless));
        Assert.Equal((HttpStatusCode.NotFound, "404"), await RefusalAsync(versionless));
        Assert.Equal((HttpStatusCode.BadRequest, "BadRequest"), await RefusalAsync(wrong));
        Assert.Equal((HttpStatusCode.NotFound, "DeploymentNotFound"), await RefusalAsync(gone));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Chat_RateLimited_Is429WithRetryAfter()
    {
        await using var simulator = await StartAsync();
        await simulator.SetAsync("my-gpt", new { error_rate = 1, error_status = 429 });

        using var response = await simulator.PostAsync(Chat.Body("m", Prompt), Path);

        Assert.Equal((HttpStatusCode.TooManyRequests, "429"), await RefusalAsync(response));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Requests_Azure_AreLoggedWithTheDeploymentAndWithoutTheKey()
    {
        await using var simulator = await StartAsync();
        await simulator.AskAsync(Chat.Body("ignored", Prompt), Path);

        var arrived = Assert.Single(await simulator.RequestsAsync("my-gpt"));

        Assert.Equal("/openai/deployments/my-gpt/chat/completions", arrived.GetProperty("path").GetString());
        Assert.Equal("***", arrived.GetProperty("headers").GetProperty("api-key").GetString());
    }

    private static async Task<(HttpStatusCode Status, string? Code)> RefusalAsync(HttpResponseMessage response) =>
        (response.StatusCode, (await response.JsonAsync()).GetProperty("error").GetProperty("code").GetString());

    private static async Task<SimulatorHost> StartAsync()
    {
        var simulator = await SimulatorHost.StartAsync();
        simulator.Client.DefaultRequestHeaders.Add("api-key", "any");
        return simulator;
    }
}
