// gpt-4o in a comment
@description('Name of the model, e.g. gpt-4.1')
param modelName string = 'gpt-4o-mini'
@allowed(['gpt-5', 'gpt-5-mini'])
param chatModel string
var embeddingModel = 'text-embedding-3-small'
resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2024-10-01' = {
  parent: account
  name: 'chat'
  properties: {
    model: {
      format: 'OpenAI'
      name: 'gpt-4.1-nano'
      version: '2025-04-14'
    }
  }
}
var settings = [
  { name: 'LLM_MODEL', value: 'deepseek-chat' }
  { name: 'ENDPOINT', value: 'https://api.deepseek.com/v1' }
]
var text = '''
{"model": "mistral-large-2411"}
'''
var title = 'it\'s o3'
