using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

/// <summary>Short ways to ask the simulator in Google's protocol and to read its answers.</summary>
internal static class Gemini
{
    public static JsonObject Body(string prompt) => new()
    {
        ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = prompt }) }),
    };

    public static string Path(string model, string action = "generateContent") => $"/v1beta/models/{model}:{action}";

    public static Task<HttpResponseMessage> GenerateAsync(this SimulatorHost simulator, JsonNode body, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("x-goog-api-key", "any");
        return simulator.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts and reads a success.</summary>
    public static async Task<JsonElement> GeneratedAsync(this SimulatorHost simulator, JsonNode body, string model = "gemini-x")
    {
        using var response = await simulator.GenerateAsync(body, Path(model));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }

    /// <summary>Posts and reads the message of a refusal, after checking its shape.</summary>
    public static async Task<string> NotGeneratedAsync(this SimulatorHost simulator, JsonNode body, string model = "gemini-x", int code = 400, string status = "INVALID_ARGUMENT")
    {
        using var response = await simulator.GenerateAsync(body, Path(model));
        Assert.Equal(code, (int)response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.Equal(status, error.GetProperty("status").GetString());
        return error.GetProperty("message").GetString()!;
    }

    public static JsonElement First(JsonElement answer) => answer.GetProperty("candidates")[0];

    public static List<JsonElement> Parts(JsonElement answer) =>
        First(answer).GetProperty("content").TryGetProperty("parts", out var parts) ? [.. parts.EnumerateArray()] : [];

    /// <summary>The texts that are no thoughts, joined.</summary>
    public static string Text(JsonElement answer) => string.Concat(Parts(answer)
        .Where(part => part.TryGetProperty("text", out _) && !part.TryGetProperty("thought", out _))
        .Select(part => part.GetProperty("text").GetString()));

    public static List<JsonElement> Calls(JsonElement answer) =>
        [.. Parts(answer).Where(part => part.TryGetProperty("functionCall", out _)).Select(part => part.GetProperty("functionCall"))];
}
