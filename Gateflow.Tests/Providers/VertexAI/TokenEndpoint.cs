using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Providers.VertexAI;

/// <summary>Google's token endpoint: keeps what it was asked and gives the tokens <c>token-1</c>, <c>token-2</c> … for an hour each.</summary>
internal sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TokenEndpoint(WebApplication app) => _app = app;

    /// <summary>The forms received.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Asked { get; } = [];

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Refuses every assertion.</summary>
    public bool Refuses { get; set; }

    public string Address => _app.Urls.Single() + "/token";

    public static async Task<TokenEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new TokenEndpoint(app);
        app.MapPost("/token", (RequestDelegate)endpoint.GiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task GiveAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        Asked.Enqueue(form.ToDictionary(field => field.Key, field => field.Value.ToString()));
        var number = Asked.Count;
        await Gate;
        http.Response.StatusCode = Refuses ? 400 : 200;
        await http.Response.WriteAsJsonAsync(
            Refuses
                ? new Dictionary<string, object> { ["error"] = "invalid_grant", ["error_description"] = "Invalid JWT Signature." }
                : new Dictionary<string, object> { ["access_token"] = $"token-{number}", ["expires_in"] = 3600, ["token_type"] = "Bearer" },
            JsonSerializerOptions.Web,
            http.RequestAborted);
    }
}
