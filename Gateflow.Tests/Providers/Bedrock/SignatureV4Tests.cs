using System.Security.Cryptography;
using System.Text;
using Gateflow.Gateway.Providers.Bedrock;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>The signer against the vectors that AWS published as "aws-sig-v4-test-suite", and against the example of its signing guide.</summary>
public sealed class SignatureV4Tests
{
    private const string Key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Form = "application/x-www-form-urlencoded";

    private const string Token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly SigningScope Scope = new(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero), "us-east-1", "service");

    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-unreserved", "GET", "/" + Unreserved, "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-utf8", "GET", "/ሴ", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-space", "GET", "/example space/", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-unreserved", "GET", $"/?{Unreserved}={Unreserved}", "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("get-vanilla-utf8-query", "GET", "/?ሴ=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("post-vanilla", "POST", "/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-vanilla-query", "POST", "/?Param1=value1", "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    [InlineData("get-header-value-trim", "GET", "/", "my-header1: value1|my-header2: \"a   b   c\"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("post-header-key-sort", "POST", "/", "my-header1:value1", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("post-header-value-case", "POST", "/", "my-header1:VALUE1", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-sts-header-before", "POST", "/", "x-amz-security-token:" + Token, "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    [InlineData("post-x-www-form-urlencoded", "POST", "/", "content-type:" + Form, "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", "Param1=value1")]
    [InlineData("post-x-www-form-urlencoded-parameters", "POST", "/", $"content-type:{Form}; charset=utf8", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe", "Param1=value1")]
    public void Authorization_VectorOfTheSuite_HasItsSignature(string name, string method, string target, string headers, string signature, string body = "")
    {
        Assert.NotEmpty(name);
        var authorization = Sign(method, target, "example.amazonaws.com", headers, body, Scope);

        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=", authorization, StringComparison.Ordinal);
        Assert.EndsWith(", Signature=" + signature, authorization, StringComparison.Ordinal);
    }

    [Fact]
    public void Authorization_ExampleOfTheGuide_IsWordForWordTheSame()
    {
        var authorization = Sign(
            "GET", "/?Action=ListUsers&Version=2010-05-08", "iam.amazonaws.com", "content-type:application/x-www-form-urlencoded; charset=utf-8", "", Scope with { Service = "iam" });

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
            + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            authorization);
    }

    [Fact]
    public void Authorization_EscapeInThePath_IsSignedEncodedOnceMore()
    {
        var sent = Sign("POST", "/model/a%3A0/converse", "h", "", "", Scope);

        Assert.Contains(Expected("/model/a%253A0/converse"), sent, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Credentials_ShowsNoSecret() =>
        Assert.Equal("AKIDEXAMPLE", new AwsCredentials("AKIDEXAMPLE", Key, Token).ToString());

    private static string Sign(string method, string target, string host, string headers, string body, SigningScope scope)
    {
        var more = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(':', 2)).Select(pair => (pair[0], pair[1]));
        return SignatureV4.Authorization(
            method, target, [("host", host), ("x-amz-date", scope.Timestamp), .. more], Hash(body), new AwsCredentials("AKIDEXAMPLE", Key), scope);
    }

    /// <summary>The signature of a POST without a body whose canonical path is given, straight from the definition.</summary>
    private static string Expected(string canonicalPath)
    {
        var request = $"POST\n{canonicalPath}\n\nhost:h\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n{Hash("")}";
        var key = Encoding.UTF8.GetBytes("AWS4" + Key);
        foreach (var step in new[] { "20150830", "us-east-1", "service", "aws4_request" })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        }

        var text = $"AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n{Hash(request)}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
