using System.Net.Http.Json;
using System.Text.Json;

namespace Gateflow.Tests.Simulator;

/// <summary>Short ways to ask the simulator and to read its answers.</summary>
internal static class Chat
{
    public static object Body(string model, string prompt, bool stream = false) => new
    {
        model,
        stream,
        messages = new[] { new { role = "user", content = prompt } },
    };

    public static Task<HttpResponseMessage> PostAsync(this SimulatorHost simulator, object body, string path = "/v1/chat/completions") =>
        simulator.Client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    /// <summary>Posts and reads a success.</summary>
    public static async Task<JsonElement> AskAsync(this SimulatorHost simulator, object body, string path = "/v1/chat/completions")
    {
        using var response = await simulator.PostAsync(body, path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }

    public static async Task<string> TextAsync(this SimulatorHost simulator, string model, string prompt) =>
        Text(await simulator.AskAsync(Body(model, prompt)));

    public static string Text(JsonElement completion) => Choice(completion).GetProperty("message").GetProperty("content").GetString()!;

    public static JsonElement Choice(JsonElement completion) => completion.GetProperty("choices")[0];

    /// <summary>The data of every event, after checking the framing.</summary>
    public static List<string> Events(string stream)
    {
        Assert.EndsWith("\n\n", stream, StringComparison.Ordinal);
        var events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        return [.. events.Select(line => line["data: ".Length..])];
    }
}
