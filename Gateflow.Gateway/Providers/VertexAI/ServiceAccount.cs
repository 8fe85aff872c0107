using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>
/// Google's key file of a service account: <c>{client_email, private_key (PEM), private_key_id, project_id, token_uri}</c>. Signs the assertions that are
/// exchanged for access tokens (RFC 7523, RS256). Holds a secret: never log or serialise it.
/// </summary>
internal sealed class ServiceAccount
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string UsualTokens = "https://oauth2.googleapis.com/token";

    /// <summary>The longest that Google takes.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly RSA _key = RSA.Create();
    private readonly string _email;
    private readonly string? _keyId;

    /// <exception cref="ProviderSetupException">The file is not one, or its tokens come from elsewhere than Google.</exception>
    public ServiceAccount(ProviderEndpoint provider)
    {
        var setting = $"Gateflow:Providers:{provider.Name}:ServiceAccountJson";
        var file = AnswerElement.Parse(Encoding.UTF8.GetBytes(provider.ServiceAccountJson!))
            ?? throw new ProviderSetupException($"{setting} is no JSON object: set it to the text of Google's key file.");
        string Need(string name) => file.Text(name) ?? throw new ProviderSetupException($"{setting} has no '{name}': set it to the text of Google's key file.");
        (_email, _keyId, Project) = (Need("client_email"), file.Text("private_key_id"), file.Text("project_id"));
        Tokens = Uri.TryCreate(file.Text("token_uri") ?? UsualTokens, UriKind.Absolute, out var address) && (provider.Trusted || IsGoogles(address))
            ? address
            : throw new ProviderSetupException($"The token_uri of {setting} must be an https address of Google's.");
        try
        {
            _key.ImportFromPem(Need("private_key"));
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            throw new ProviderSetupException($"The private_key of {setting} is no RSA key in PEM.");
        }
    }

    /// <summary>The account's own project; null when the file names none.</summary>
    public string? Project { get; }

    /// <summary>Where tokens are given.</summary>
    public Uri Tokens { get; }

    /// <summary>A signed JWT that asks for a token.</summary>
    public string Assertion(DateTimeOffset at)
    {
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" };
        if (_keyId is not null)
        {
            header["kid"] = _keyId;
        }

        var claims = new JsonObject
        {
            ["iss"] = _email,
            ["scope"] = Scope,
            ["aud"] = Tokens.OriginalString,
            ["iat"] = at.ToUnixTimeSeconds(),
            ["exp"] = (at + Lifetime).ToUnixTimeSeconds(),
        };
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encoded(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));

    private static bool IsGoogles(Uri address) =>
        address is { Scheme: "https", IsDefaultPort: true } && (address.Host == "accounts.google.com" || address.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase));
}
