using System.Net;
using System.Text.Json;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>The access token of one service account: fetched when first needed, again shortly before it expires, once for all who wait for it.</summary>
internal sealed class AccessTokens(ProviderEndpoint provider)
{
    private const int MaxAnswer = 64 * 1024;

    /// <summary>How long before its end a token is no longer used.</summary>
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(5);

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    })
    {
        Timeout = TimeSpan.FromSeconds(15),
        MaxResponseContentBufferSize = MaxAnswer,
    };

    private readonly Lock _change = new();
    private Task<Token>? _token;

    /// <exception cref="ProviderSetupException">The key file is broken.</exception>
    public ServiceAccount Account { get; } = new(provider);

    /// <exception cref="ProviderSetupException">The key is refused.</exception>
    /// <exception cref="HttpRequestException">No token could be fetched.</exception>
    public Task<string> GetAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        Task<Token> token;
        lock (_change)
        {
            // A fetch is nobody's own: it goes on when the caller that began it hangs up.
            if (_token is null || _token.IsFaulted || _token.IsCanceled || (_token.IsCompletedSuccessfully && _token.Result.GoodUntil <= at))
            {
                _token = FetchAsync(at);
            }

            token = _token;
        }

        return ValueAsync(token, cancellationToken);
    }

    private static async Task<string> ValueAsync(Task<Token> token, CancellationToken cancellationToken) => (await token.WaitAsync(cancellationToken)).Value;

    private async Task<Token> FetchAsync(DateTimeOffset at)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = Account.Assertion(at),
        });
        using var response = await Http.PostAsync(Account.Tokens, form);
        var answer = AnswerElement.Parse(await response.Content.ReadAsByteArrayAsync());
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new ProviderSetupException(
                $"Google refused the service account of the provider '{provider.Name}' (Gateflow:Providers:{provider.Name}:ServiceAccountJson): {Said(answer)}.");
        }

        var lifetime = TimeSpan.FromSeconds(answer?.Count("expires_in") ?? 3600);
        return response.IsSuccessStatusCode && answer?.Text("access_token") is { Length: > 0 } value
            ? new Token(value, at + (lifetime > 2 * Spare ? lifetime - Spare : lifetime / 2))
            : throw new HttpRequestException($"The token endpoint answered with status {(int)response.StatusCode} and no token.");
    }

    /// <summary>OAuth's error code: one word, never what was sent.</summary>
    private static string Said(JsonElement? answer) => answer?.Text("error") is { Length: > 0 and < 60 } code ? code : "no reason given";

    private sealed record Token(string Value, DateTimeOffset GoodUntil);
}
