using System.Net;
using System.Text.Json;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>The access token of one service account: fetched when first needed, once for all who wait for it, and renewed shortly before its end, until which it serves.</summary>
internal sealed class AccessTokens(ProviderEndpoint provider)
{
    private const int MaxAnswer = 64 * 1024;

    /// <summary>How long before its end a token is renewed.</summary>
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(5);

    /// <summary>The least time from one renewal to the next, when the first comes to nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

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
    private Token? _token;
    private Task<string>? _fetch;

    /// <exception cref="ProviderSetupException">The key file is broken.</exception>
    public ServiceAccount Account { get; } = new(provider);

    /// <exception cref="ProviderSetupException">The key is refused.</exception>
    /// <exception cref="HttpRequestException">No token could be fetched.</exception>
    public Task<string> GetAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        lock (_change)
        {
            if (_token is not { } token || token.End <= at)
            {
                return Fetch(at).WaitAsync(cancellationToken);
            }

            if (token.RenewAt <= at)
            {
                _token = token with { RenewAt = at + Pause };
                _ = Fetch(at);
            }

            return Task.FromResult(token.Value);
        }
    }

    /// <summary>Gives up a token that was refused, unless another has taken its place.</summary>
    public void Forget(string refused)
    {
        lock (_change)
        {
            _token = _token?.Value == refused ? null : _token;
        }
    }

    /// <summary>The fetch that is running, else a new one; nobody's own, it goes on when the caller that began it hangs up.</summary>
    private Task<string> Fetch(DateTimeOffset at) => _fetch is { IsCompleted: false } running ? running : (_fetch = FetchAsync(at));

    private async Task<string> FetchAsync(DateTimeOffset at)
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
            ? Keep(new Token(value, at + (lifetime > 2 * Spare ? lifetime - Spare : lifetime / 2), at + lifetime))
            : throw new HttpRequestException($"The token endpoint answered with status {(int)response.StatusCode} and no token.");
    }

    private string Keep(Token token)
    {
        lock (_change)
        {
            _token = token;
        }

        return token.Value;
    }

    /// <summary>OAuth's error code: one word, never what was sent.</summary>
    private static string Said(JsonElement? answer) => answer?.Text("error") is { Length: > 0 and < 60 } code ? code : "no reason given";

    private sealed record Token(string Value, DateTimeOffset RenewAt, DateTimeOffset End);
}
