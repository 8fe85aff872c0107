using System.Globalization;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>For what and when a signature holds.</summary>
/// <param name="At">When the request is made; AWS allows five minutes.</param>
/// <param name="Region">As in "eu-central-1".</param>
/// <param name="Service">The signing name of the API.</param>
internal readonly record struct SigningScope(DateTimeOffset At, string Region, string Service)
{
    /// <summary>ISO 8601, basic, UTC: the value of <c>x-amz-date</c>.</summary>
    public string Timestamp => At.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public string Date => At.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The credential scope.</summary>
    public override string ToString() => $"{Date}/{Region}/{Service}/aws4_request";
}
