using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Simulator.Bedrock;

/// <summary>A request signed with Signature V4, as its <c>Authorization</c> claims; what it should have been is computed anew from what arrived.</summary>
internal sealed partial class SignedRequest
{
    private readonly HttpRequest _request;
    private readonly byte[] _body;
    private readonly Match _claim;

    private SignedRequest(HttpRequest request, byte[] body, Match claim) => (_request, _body, _claim) = (request, body, claim);

    public string AccessKeyId => _claim.Groups["id"].Value;

    public string Service => _claim.Groups["service"].Value;

    public string Signature => _claim.Groups["signature"].Value;

    public IReadOnlyList<string> SignedHeaders => _claim.Groups["headers"].Value.Split(';');

    public string Timestamp => _request.Headers["x-amz-date"].ToString();

    private string Scope => $"{Date}/{Region}/{Service}/aws4_request";

    private string Date => _claim.Groups["date"].Value;

    private string Region => _claim.Groups["region"].Value;

    /// <summary>Null when the header is not one of Signature V4.</summary>
    public static SignedRequest? Of(HttpRequest request, byte[] body) =>
        AuthorizationPattern().Match(request.Headers.Authorization.ToString()) is { Success: true } claim ? new SignedRequest(request, body, claim) : null;

    /// <summary>When it was signed; null when it does not say so in the right form, or says another day than the scope.</summary>
    public DateTimeOffset? At() =>
        DateTimeOffset.TryParseExact(Timestamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && Timestamp.StartsWith(Date, StringComparison.Ordinal) ? at : null;

    public string CanonicalRequest()
    {
        var target = _request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var headers = string.Concat(SignedHeaders.Select(name => $"{name}:{Canonical(_request.Headers[name].ToString())}\n"));
        return string.Join('\n', _request.Method, EncodedAgain(target[0]), target.ElementAtOrDefault(1) ?? "", headers, string.Join(';', SignedHeaders), Hex(SHA256.HashData(_body)));
    }

    public string StringToSign() =>
        string.Join('\n', "AWS4-HMAC-SHA256", Timestamp, Scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalRequest()))));

    public bool IsSignedWith(string secret)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in Scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(StringToSign()))) == Signature;
    }

    private static string Canonical(string value) => SpacesPattern().Replace(value.Trim(), " ");

    /// <summary>Of every segment, each byte that is not unreserved as %XX: the percent signs of a path that is encoded are encoded once more.</summary>
    private static string EncodedAgain(string path)
    {
        var text = new StringBuilder(path.Length + 16);
        foreach (var one in Encoding.UTF8.GetBytes(path))
        {
            var character = (char)one;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' or '/')
            {
                text.Append(character);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return text.ToString();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex(@"^AWS4-HMAC-SHA256 Credential=(?<id>[^/,]+)/(?<date>\d{8})/(?<region>[^/,]+)/(?<service>[^/,]+)/aws4_request, ?SignedHeaders=(?<headers>[a-z0-9;\-]+), ?Signature=(?<signature>[0-9a-f]{64})$", RegexOptions.ExplicitCapture)]
    private static partial Regex AuthorizationPattern();

    [GeneratedRegex(" {2,}")]
    private static partial Regex SpacesPattern();
}
