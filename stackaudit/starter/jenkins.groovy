pipeline {
    agent none
    stages {
        stage('stackaudit') {
            agent { docker { image 'python:3.13-slim' } }
            steps {
                sh '''
                    python -m venv .stackaudit
                    .stackaudit/bin/pip install --quiet "stackaudit==@VERSION@"
                    .stackaudit/bin/stackaudit scan @FOLDER@ --write sarif=stackaudit.sarif --write markdown=stackaudit.md
                '''
            }
            post {
                always {
                    archiveArtifacts artifacts: 'stackaudit.sarif, stackaudit.md', allowEmptyArchive: true
                    recordIssues tools: [sarif(pattern: 'stackaudit.sarif')]
                }
            }
        }
    }
}
