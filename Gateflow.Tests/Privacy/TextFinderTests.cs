using System.Text;
using Gateflow.Core.Privacy;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Privacy;

public sealed class TextFinderTests
{
    [Theory]
    [InlineData("Jürgen", true)]
    [InlineData("jÜRGEN", true)]
    [InlineData("""{"content":"J\u00fcrgen"}""", true)]
    [InlineData("""{"content":"{\"name\":\"J\\u00fcrgen\"}"}""", true)]
    [InlineData("""{"arguments":"{\"body\":\"{\\\"name\\\":\\\"J\\\\u00fcrgen\\\"}\"}"}""", true)]
    [InlineData("""find {"name":"J\u00FCrgen"}""", true)]
    [InlineData("""{"content":"J\\nrgen \\"}""", false)]
    public void Holds_TextUnderEscapes_IsFound(string stored, bool expected)
    {
        var protector = new FlippingProtector();

        Assert.Equal(expected, new TextFinder(protector, "Jürgen").Holds(protector.Protect(Encoding.UTF8.GetBytes(stored))));
    }
}
