using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// AWS Signature Version 4 in the <c>Authorization</c> header, for every service but S3: the path is encoded once more than it is sent
/// (docs.aws.amazon.com, "Create a signed AWS API request").
/// </summary>
internal static class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of <c>Authorization</c>.</summary>
    /// <param name="method">In upper case.</param>
    /// <param name="target">Path and query as they are sent, dot segments removed.</param>
    /// <param name="headers">Names in lower case, values as sent; all are signed. <c>host</c> and <c>x-amz-date</c> must be among them.</param>
    /// <param name="payloadHash">SHA-256 of the body, lower-case hex.</param>
    public static string Authorization(
        string method, string target, IEnumerable<(string Name, string Value)> headers, string payloadHash, AwsCredentials credentials, SigningScope scope)
    {
        var sorted = headers.OrderBy(header => header.Name, StringComparer.Ordinal).ToArray();
        var names = string.Join(';', sorted.Select(header => header.Name));
        var toSign = StringToSign(CanonicalRequest(method, target, sorted, names, payloadHash), scope);
        var signature = Convert.ToHexStringLower(Hmac(SigningKey(credentials.SecretAccessKey, scope), toSign));
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    private static string CanonicalRequest(string method, string target, (string Name, string Value)[] headers, string names, string payloadHash)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var text = new StringBuilder(256)
            .Append(method).Append('\n')
            .Append(Encoded(path, keepSlashes: true)).Append('\n')
            .Append(query < 0 ? "" : CanonicalQuery(target[(query + 1)..])).Append('\n');
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').AppendJoin(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Append('\n');
        }

        return text.Append('\n').Append(names).Append('\n').Append(payloadHash).ToString();
    }

    private static string CanonicalQuery(string query)
    {
        var pairs = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));
        return string.Join('&', pairs
            .Select(pair => (Name: Recoded(pair[0]), Value: pair.Length > 1 ? Recoded(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));
    }

    private static string StringToSign(string canonicalRequest, SigningScope scope) =>
        $"{Algorithm}\n{scope.Timestamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";

    private static byte[] SigningKey(string secret, SigningScope scope)
    {
        var key = Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), scope.Date);
        key = Hmac(key, scope.Region);
        key = Hmac(key, scope.Service);
        return Hmac(key, "aws4_request");
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Recoded(string sent) => Encoded(Uri.UnescapeDataString(sent), keepSlashes: false);

    /// <summary>RFC 3986: all but unreserved characters as %XX of their UTF-8 bytes.</summary>
    private static string Encoded(string text, bool keepSlashes)
    {
        var encoded = Uri.EscapeDataString(text);
        return keepSlashes ? encoded.Replace("%2F", "/", StringComparison.Ordinal) : encoded;
    }
}
